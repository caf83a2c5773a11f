import react from '@vitejs/plugin-react';
import { type Plugin, defineConfig } from 'vite';

/** The UI speaks English; the component library brings its words in some thirty languages. */
const englishOnly: Plugin = {
  name: 'english-only',
  enforce: 'pre',
  load: {
    filter: { id: /[\\/]intl[\\/][\w-]+[\\/](?!en-US)[a-z]{2}-[A-Z]{2}\.m?js$/ },
    handler: () => 'export default {};',
  },
};

const LIBRARIES = [
  { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
  { name: 'react-aria', test: /node_modules[\\/](react-aria|react-stately|@internationalized)/ },
  { name: 'libraries', test: /node_modules/ },
];

export default defineConfig({
  root: import.meta.dirname,
  base: '/admin/',
  plugins: [englishOnly, react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0, // the page's policy allows no data: URLs
    rolldownOptions: {
      // What seldom changes stays in the browser's cache when the UI does.
      output: { codeSplitting: { groups: LIBRARIES } },
    },
  },
  // `vite dev` beside an engine on its usual port; the API must look like the page's own origin for the session cookie.
  server: { proxy: { '/v1': 'http://127.0.0.1:4400' } },
});
