import type { UseQueryResult } from '@tanstack/react-query';
import { Notice } from '../parts/notice.tsx';
import { formatClock } from '../words/format.ts';

type Polled = Pick<UseQueryResult<unknown>, 'error' | 'dataUpdatedAt'>;

/** What is on the screen is old: says so, and how old. */
export function ConnectionBanner({ queries }: { queries: readonly Polled[] }) {
  const error = queries.find((query) => query.error)?.error;
  if (!error) return null;
  const oldest = Math.min(...queries.map((query) => query.dataUpdatedAt));
  return (
    <div className="connection">
      <Notice tone="wait" role="alert" title={`Connection lost, showing data of ${formatClock(oldest)}`}>
        <p>{error.message} Trying again every second; rollouts go on in the engine meanwhile.</p>
      </Notice>
    </div>
  );
}
