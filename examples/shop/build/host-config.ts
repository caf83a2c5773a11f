import type { InlineConfig } from 'vite';
import { findTarget, hostTarget } from './targets.ts';

export function hostConfig(outDir: string): InlineConfig {
  return {
    root: findTarget(hostTarget).sources,
    base: '/',
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      chunkSizeWarningLimit: 600,
      modulePreload: { polyfill: false },
    },
  };
}
