import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'react-aria-components/Button';
import { type Place, historyQuery } from '../api/queries.ts';
import { When } from '../parts/when.tsx';

export function History({ place }: { place: Place }) {
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(historyQuery(place));
  const revisions = data?.pages.flatMap((page) => page.revisions);
  return (
    <section aria-labelledby="history-heading">
      <h2 id="history-heading">History</h2>
      {!revisions && <p className="muted">{error ? error.message : 'Loading the history…'}</p>}
      {revisions && (
        <ol className="card record-list" reversed>
          {revisions.map(({ number, at, actor, summary }) => (
            <li key={number} className="record" data-revision={number}>
              <span className="record-number">{number}</span>
              <div>
                <p>{summary}</p>
                <p className="muted">
                  <When at={at} /> by {actor}
                </p>
              </div>
            </li>
          ))}
        </ol>
      )}
      {hasNextPage && (
        <Button className="button" onPress={() => void fetchNextPage()} isPending={isFetchingNextPage}>
          Load more
        </Button>
      )}
    </section>
  );
}
