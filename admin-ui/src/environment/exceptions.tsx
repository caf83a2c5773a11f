import type { Document } from '#schemas/document.ts';
import { whomWords } from '#schemas/override-words.ts';
import { formatPercent, listWords } from '../words/format.ts';
import { unitWords } from '../words/rollout-words.ts';

/** Who is given something else than buildings and rollouts say, where somebody is: no step, freeze or approval stands between. */
export function Exceptions({ document: { overrides = {}, holdout } }: { document: Document }) {
  const isHeldOut = holdout !== undefined && holdout.percentage > 0;
  if (Object.keys(overrides).length === 0 && !isHeldOut) return null;
  return (
    <section aria-labelledby="exceptions-heading" data-testid="exceptions">
      <h2 id="exceptions-heading">Exceptions</h2>
      <ul className="card record-list">
        {Object.entries(overrides).map(([name, override]) => (
          <li key={name} className="record">
            <div>
              <p>
                <strong>{name}</strong>: {whomWords(override)} → {listWords(Object.values(override.units).map(unitWords))}, whatever
                rollouts do
              </p>
              {override.description !== '' && <p className="muted">{override.description}</p>}
            </div>
          </li>
        ))}
        {isHeldOut && (
          <li className="record">
            <p>
              <strong>Holdout</strong>: {formatPercent(holdout.percentage)} of visitors are in no rollout
            </p>
          </li>
        )}
      </ul>
    </section>
  );
}
