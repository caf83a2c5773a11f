import { type Alert, AlertAction, type AlertmanagerAlert, AlertmanagerDelivery, GenericAlert } from '#schemas/alert.ts';
import { Name } from '#schemas/common.ts';
import { oneLine } from '#schemas/one-line.ts';
import { parseWith } from '#schemas/parse.ts';
import type { Fault } from '#schemas/problem.ts';

const NAME_LENGTH = 100;
const MESSAGE_LENGTH = 350;

/** An alert that can be acted on, or why not. */
export type ReadAlert = { alert: Alert; faults?: undefined } | { alert: Pick<Alert, 'name'>; faults: Fault[] };

/** The alerts of a delivery, whose form is told by its shape. Throws the problem `invalid-request` when it has neither. */
export function readAlerts(delivery: Record<string, unknown>): ReadAlert[] {
  if ('alerts' in delivery || 'version' in delivery) return parseWith(AlertmanagerDelivery, delivery).alerts.map(readLabelled);
  const { message = '', ...generic } = parseWith(GenericAlert, delivery);
  const alert: Alert = { ...generic, name: oneLine(generic.name, NAME_LENGTH), message: oneLine(message, MESSAGE_LENGTH) };
  if (alert.rollout !== undefined || alert.building !== undefined) return [{ alert }];
  return [{ alert, faults: [{ path: '', message: 'names neither a rollout nor a building; give "rollout" or "building"' }] }];
}

function readLabelled({ labels, annotations, status, startsAt, fingerprint }: AlertmanagerAlert, index: number): ReadAlert {
  const own = (record: Record<string, string>, name: string): string | undefined =>
    Object.hasOwn(record, name) ? record[name] : undefined;
  const { concierge_rollout: rollout, concierge_building: building } = labels;
  const at = `/alerts/${index}/labels`;
  const name = oneLine(own(labels, 'alertname') ?? '', NAME_LENGTH) || 'unnamed';
  const action = own(labels, 'concierge_action') ?? 'pause';
  const faults: Fault[] = [];
  if (rollout === undefined && building === undefined) {
    faults.push({ path: at, message: 'names neither a rollout nor a building; give the label concierge_rollout or concierge_building' });
  }
  const named = { concierge_rollout: rollout, concierge_building: building };
  for (const [label, value] of Object.entries(named)) {
    const { error } = Name.optional().safeParse(value);
    if (error) faults.push({ path: `${at}/${label}`, message: error.issues[0]!.message });
  }
  if (!AlertAction.safeParse(action).success) faults.push({ path: `${at}/concierge_action`, message: 'use pause or roll-back' });
  if (faults.length > 0) return { alert: { name }, faults };
  const summary = own(annotations, 'summary') ?? own(annotations, 'description') ?? own(annotations, 'message') ?? '';
  return {
    alert: {
      name,
      status,
      action: action as AlertAction,
      message: oneLine(summary, MESSAGE_LENGTH),
      ...(rollout === undefined ? {} : { rollout }),
      ...(building === undefined ? {} : { building }),
      ...(fingerprint && startsAt ? { instance: `${fingerprint} ${startsAt}` } : {}),
    },
  };
}
