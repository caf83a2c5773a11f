import { Link } from '@tanstack/react-router';
import { Empty } from './parts/notice.tsx';

export const PageNotFound = () => (
  <main className="page narrow">
    <h1>There is no such page</h1>
    <Empty title="The address leads nowhere.">
      <p>
        <Link to="/">Choose an environment</Link>
      </p>
    </Empty>
  </main>
);
