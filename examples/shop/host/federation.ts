import { createInstance } from '@module-federation/runtime';
import * as React from 'react';
import * as ReactDom from 'react-dom';
import * as ReactDomClient from 'react-dom/client';
import type { UnitModule } from '../unit-contract.ts';

function share(version: string, module: unknown) {
  return {
    version,
    lib: () => module,
    shareConfig: { singleton: true, requiredVersion: '^19.0.0', eager: true },
  };
}

// Units bring no React of their own: all of them run on the page's.
const federation = createInstance({
  name: 'shop',
  remotes: [],
  shared: {
    react: share(React.version, React),
    'react-dom': share(ReactDom.version, ReactDom),
    'react-dom/client': share(ReactDom.version, ReactDomClient),
  },
});

/** Federation keeps one remote per name, so the name carries the version. */
function remoteName(unitId: string): string {
  return unitId.replace(/\W/g, '_');
}

export async function importUnit(unit: { id: string; url: string }): Promise<UnitModule> {
  const name = remoteName(unit.id);
  federation.registerRemotes([{ name, entry: unit.url, type: 'module' }]);
  const module = await federation.loadRemote<UnitModule>(`${name}/unit`);
  if (typeof module?.mount !== 'function') throw new Error(`${unit.id} exposes no mount()`);
  return module;
}
