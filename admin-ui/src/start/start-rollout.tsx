import { useQuery } from '@tanstack/react-query';
import { memo } from 'react';
import type { Document } from '#schemas/document.ts';
import { mayOperateIn, useIdentity } from '../api/permissions.ts';
import { type Place, compatibleQuery, unitsQuery } from '../api/queries.ts';
import { CodeLines } from '../parts/code-lines.tsx';
import { Empty } from '../parts/notice.tsx';
import { publishLine } from '../words/command-lines.ts';
import { StartRolloutForm } from './start-rollout-form.tsx';
import { unitChoices } from './unit-choices.ts';

/** Memoised: the page looks at rollouts every second, and a long form has nothing to do with that. */
export const StartRollout = memo(function StartRollout({ place, document }: { place: Place; document: Document }) {
  const { data: units, error } = useQuery(unitsQuery(place));
  const { data: fits } = useQuery(compatibleQuery(place));
  const choices = unitChoices(units ?? [], document, fits);
  const mayStart = mayOperateIn(useIdentity(), place.environment);
  return (
    <section className="start" aria-labelledby="start-rollout">
      <h2 id="start-rollout" tabIndex={-1}>
        Start a rollout
      </h2>
      {!units && <p className="muted">{error ? error.message : 'Loading the published units…'}</p>}
      {mayStart && units && choices.length === 0 && (
        <Empty title="There is no other unit to roll out.">
          <p>
            Every published unit is active already. Publish a new version from a terminal or from CI; its address is that of its built entry
            module:
          </p>
          <CodeLines lines={[publishLine(place.apartment, '<building>')]} />
        </Empty>
      )}
      {!mayStart && <p className="muted">Only an operator of this environment may start one.</p>}
      {mayStart && choices.length > 0 && <StartRolloutForm place={place} document={document} choices={choices} />}
    </section>
  );
});
