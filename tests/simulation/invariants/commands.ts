import type { Command } from '#schemas/command.ts';
import type { Revision } from '#schemas/revision.ts';
import type { Ledger } from '../ledger.ts';
import { insist } from './broken.ts';

/** What was acknowledged is in the chain, once; what was carried out is not refused. Requests are known by the reason that they give. */
export function createCommandCheck(ledger: Ledger) {
  const acknowledged = new Map<string, { number: number; digest: string; changed: boolean }>();

  return {
    acknowledged(reason: string, { revision, changed }: { revision: Revision; changed: boolean }, ifMatch: number | undefined): void {
      if (ifMatch !== undefined && changed) {
        insist(revision.number === ifMatch + 1, () => `${reason} was to follow revision ${ifMatch} and became ${revision.number}`);
      }
      acknowledged.set(reason, { number: revision.number, digest: revision.digest, changed });
    },

    /** Which revision carried it out, as far as the chain goes. */
    carriedOut: (reason: string): number | undefined => ledger.chain.find(({ cause }) => reasonOf(cause) === reason)?.number,

    /** Once everything has come to rest. */
    check(): void {
      const caused = new Map<string, number>();
      for (const { number, cause } of ledger.chain) {
        const reason = reasonOf(cause);
        if (reason === undefined) continue;
        const other = caused.get(reason);
        insist(other === undefined, () => `${reason} was carried out twice, by revisions ${other} and ${number}`);
        caused.set(reason, number);
      }
      for (const [reason, { number, digest, changed }] of acknowledged) {
        insist(
          ledger.chain[number - 1]?.digest === digest,
          () => `${reason} was acknowledged as revision ${number}, which is not in the chain`,
        );
        const by = caused.get(reason);
        insist(
          !changed || by === undefined || by === number,
          () => `${reason} was acknowledged as revision ${number}, but ${by} carried it out`,
        );
      }
    },
  };
}

function reasonOf(cause: Command): string | undefined {
  const reason = cause.type === 'start-rollout' ? cause.plan.reason : 'reason' in cause ? cause.reason : undefined;
  return reason?.startsWith('request ') ? reason : undefined;
}
