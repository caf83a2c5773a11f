import { Button } from 'react-aria-components/Button';
import { Notice } from './parts/notice.tsx';

/** A fault of the page itself. Rollouts do not depend on it. */
export const PageError = ({ error }: { error: unknown }) => (
  <main className="page narrow">
    <Notice tone="bad" role="alert" title="Something went wrong in this page">
      <p>{error instanceof Error ? error.message : String(error)}</p>
      <p>The engine goes on without it. The page and the engine may be of different versions.</p>
      <Button className="button" onPress={() => location.reload()}>
        Load the page again
      </Button>
    </Notice>
  </main>
);
