import { Link } from '@tanstack/react-router';
import type { EnvironmentState } from '#schemas/api.ts';
import { mayOperateIn, useIdentity } from '../api/permissions.ts';
import type { Place } from '../api/queries.ts';
import { When } from '../parts/when.tsx';
import { DeliveryState } from './delivery-state.tsx';
import { ReleaseFact } from './release-fact.tsx';
import { UndoButton } from './undo-button.tsx';

export function EnvironmentHeader({ place, state }: { place: Place; state: EnvironmentState }) {
  const mayUndo = mayOperateIn(useIdentity(), place.environment);
  return (
    <div className="environment-header">
      <div>
        <nav aria-label="Where you are" className="crumbs">
          <Link to="/">Environments</Link>
          {' · '}
          <Link to="/$apartment" params={{ apartment: place.apartment }}>
            What runs where
          </Link>
        </nav>
        <h1>
          {place.apartment} <span aria-hidden="true">/</span> {place.environment}
        </h1>
        <p className="facts">
          <span>
            Revision <strong>{state.revision}</strong>
          </span>
          <span className="muted">
            <When at={state.at} /> by {state.actor}
          </span>
          <ReleaseFact document={state.document} />
          <DeliveryState revision={state.revision} delivery={state.delivery} />
        </p>
      </div>
      {mayUndo && Object.keys(state.document.buildings).length > 0 && <UndoButton place={place} state={state} />}
    </div>
  );
}
