import { DurableObject } from 'cloudflare:workers';
import type { SignedSnapshot } from '#schemas/snapshot.ts';

/** One apartment's newest snapshot. There is one such object in the world, so the comparison with what is there is atomic. */
export class SnapshotObject extends DurableObject {
  async read(after: number): Promise<SignedSnapshot | null> {
    const revision = (await this.ctx.storage.get<number>('revision')) ?? 0;
    return revision > after ? ((await this.ctx.storage.get<SignedSnapshot>('snapshot')) ?? null) : null;
  }

  async write(revision: number, snapshot: SignedSnapshot): Promise<{ outcome: 'stored' | 'same' | 'stale'; revision: number }> {
    const current = (await this.ctx.storage.get<number>('revision')) ?? 0;
    if (revision < current) return { outcome: 'stale', revision: current };
    if (revision === current) {
      const there = await this.ctx.storage.get<SignedSnapshot>('snapshot');
      return { outcome: there?.payload === snapshot.payload ? 'same' : 'stale', revision: current };
    }
    await this.ctx.storage.put({ revision, snapshot });
    return { outcome: 'stored', revision };
  }
}
