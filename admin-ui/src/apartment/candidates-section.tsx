import { useQuery } from '@tanstack/react-query';
import { Button } from 'react-aria-components/Button';
import { channelOf } from '#schemas/channel.ts';
import { versionWords } from '#schemas/version-tag.ts';
import { usePromoteVersion } from '../api/apartment-commands.ts';
import { mayPublish, useIdentity } from '../api/permissions.ts';
import { unitsQuery } from '../api/queries.ts';
import { Badge } from '../parts/badge.tsx';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { When } from '../parts/when.tsx';
import { unitWords } from '../words/rollout-words.ts';
import { type UnitPromotion, unitPromotions } from './unit-promotions.ts';

/** What can become a stable version, or a candidate; nothing at all where nothing can. */
export function CandidatesSection({ apartment }: { apartment: string }) {
  const { data: units } = useQuery(unitsQuery({ apartment }));
  const isOffered = mayPublish(useIdentity());
  const promotions = unitPromotions(units ?? []);
  if (promotions.length === 0) return null;
  return (
    <section aria-labelledby="candidates-heading">
      <h2 id="candidates-heading">Candidates and snapshots</h2>
      <ol className="card record-list candidates">
        {promotions.map((promotion) => (
          <li key={promotion.unit.unit.id} className="record" data-unit={promotion.unit.unit.id}>
            <div className="record-words">
              <p>
                {unitWords(promotion.unit.unit.id)} <Badge tone="wait">{channelOf(promotion.unit.unit)}</Badge>
              </p>
              <p className="muted">
                for {promotion.unit.building}, <When at={promotion.unit.published_at} /> by {promotion.unit.published_by}
                {promotion.unit.expires_at !== undefined && (
                  <>
                    , kept until <When at={promotion.unit.expires_at} />
                  </>
                )}
              </p>
            </div>
            {isOffered && <PromoteVersion apartment={apartment} promotion={promotion} />}
          </li>
        ))}
      </ol>
    </section>
  );
}

function PromoteVersion({ apartment, promotion: { name, from, to } }: { apartment: string; promotion: UnitPromotion }) {
  const command = usePromoteVersion(apartment, name, to, from);
  return (
    <ConfirmDialog
      title={`Promote ${name} ${versionWords(from)} to ${to}`}
      action={`Promote to ${to}`}
      command={command}
      trigger={<Button className="button">Promote to {to}</Button>}
    >
      <p>
        {name} {to} is written for good, with the bytes, the address and the details of {versionWords(from)}.
      </p>
      <p>What that went through is kept with it. No environment shows it before it is rolled out or promoted there.</p>
    </ConfirmDialog>
  );
}
