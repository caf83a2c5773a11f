import { Link } from '@tanstack/react-router';
import { ProblemError } from '#schemas/problem.ts';
import { Notice } from './notice.tsx';

/** A page that has nothing to show yet, and why. */
export function Loading({ what, error }: { what: string; error: Error | null }) {
  const refused = error instanceof ProblemError ? error.problem : undefined;
  return (
    <main className="page narrow">
      {!error && (
        <p className="muted" role="status">
          Loading {what}…
        </p>
      )}
      {refused && (
        <Notice tone="bad" role="alert" title={refused.title}>
          <p>{refused.detail}</p>
          <Link to="/">Choose an environment</Link>
        </Notice>
      )}
      {error && !refused && (
        <Notice tone="wait" role="alert" title="The engine cannot be reached">
          <p>Trying again every few seconds. Is it running?</p>
        </Notice>
      )}
    </main>
  );
}
