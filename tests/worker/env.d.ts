/// <reference types="vite/client" />

declare namespace Cloudflare {
  interface Env extends Omit<import('../../worker/cloudflare.ts').Env, 'SNAPSHOTS'> {
    SNAPSHOTS: DurableObjectNamespace<import('../../worker/snapshot-object.ts').SnapshotObject>;
  }
  interface GlobalProps {
    mainModule: typeof import('../../worker/cloudflare.ts');
  }
}
