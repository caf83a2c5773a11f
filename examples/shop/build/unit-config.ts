import { join } from 'node:path';
import { federation } from '@module-federation/vite';
import react from '@vitejs/plugin-react';
import type { InlineConfig } from 'vite';
import { findTarget, parseUnitId } from './targets.ts';

// Provided by the host: a unit carries no React of its own.
const fromHost = { singleton: true, import: false, requiredVersion: '^19.0.0' } as const;

export function unitConfig(id: string, outDir: string): InlineConfig {
  const { name, version } = parseUnitId(id);
  const target = findTarget(id);
  return {
    root: target.sources,
    base: `/${target.output}/`,
    define: {
      __UNIT_NAME__: JSON.stringify(name),
      __UNIT_VERSION__: JSON.stringify(version),
    },
    plugins: [
      react(),
      federation({
        name: `${name}_${version.replace(/\W/g, '_')}`,
        filename: target.entry,
        // Relative: the plugin hashes its options into the output, and the same
        // sources must give the same bytes in every checkout.
        exposes: { './unit': './unit.tsx' },
        shared: { react: fromHost, 'react-dom': fromHost, 'react-dom/client': fromHost },
        disableRemote: true,
        disableSnapshot: true,
        manifest: false,
        dts: false,
      }),
    ],
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      modulePreload: false,
      // The step after this one minifies the chunks together.
      minify: false,
      rolldownOptions: { input: join(import.meta.dirname, 'from-host.ts') },
    },
  };
}
