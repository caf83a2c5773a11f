import type { Delivery } from '#schemas/api.ts';
import { Badge } from '../parts/badge.tsx';
import { CheckIcon, WaitIcon, WarnIcon } from '../parts/icons.tsx';

/** Whether visitors already get what the head says. */
export function DeliveryState({ revision, delivery }: { revision: number; delivery: Delivery }) {
  const { delivered_revision: delivered, last_error: error } = delivery;
  const has = delivered === 0 ? 'the edge has no revision yet' : `the edge has revision ${delivered}`;
  if (delivered >= revision) {
    return (
      <Badge tone="good" icon={<CheckIcon />}>
        The edge has revision {delivered}
      </Badge>
    );
  }
  if (error) {
    return (
      <>
        <Badge tone="bad" icon={<WarnIcon />}>
          Delivery failed, {has}
        </Badge>
        <span className="delivery-error" role="alert">
          {error}
        </span>
      </>
    );
  }
  return (
    <Badge tone="wait" icon={<WaitIcon />}>
      Delivering revision {revision}, {has}
    </Badge>
  );
}
