import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Place } from '../api/queries.ts';

export const RolloutLink = ({ place, id, children }: { place: Place; id: string; children: ReactNode }) => (
  <Link to="/$apartment/$environment/rollouts/$rollout" params={{ ...place, rollout: id }}>
    {children}
  </Link>
);
