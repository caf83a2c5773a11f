import { type Alert, AlertAction, type AlertmanagerAlert, AlertmanagerDelivery, GenericAlert } from '#schemas/alert.ts';
import { Name } from '#schemas/common.ts';
import type { Document } from '#schemas/document.ts';
import { oneLine } from '#schemas/one-line.ts';
import { parseWith } from '#schemas/parse.ts';
import type { Fault } from '#schemas/problem.ts';

const NAME_LENGTH = 100;
const MESSAGE_LENGTH = 350;

/** An alert that can be acted on, and where it names its building, or why it cannot. */
export type ReadAlert =
  | { alert: Alert; buildingAt: string; faults?: undefined }
  | { alert: Pick<Alert, 'name'>; outcome: 'refused' | 'unknown-building'; faults: Fault[] };

/** The alerts of a delivery, whose form is told by its shape. Throws the problem `invalid-request` when it has neither. */
export function readAlerts(delivery: Record<string, unknown>): ReadAlert[] {
  if ('alerts' in delivery || 'version' in delivery) return parseWith(AlertmanagerDelivery, delivery).alerts.map(readLabelled);
  const { message = '', ...generic } = parseWith(GenericAlert, delivery);
  const alert: Alert = { ...generic, name: oneLine(generic.name, NAME_LENGTH), message: oneLine(message, MESSAGE_LENGTH) };
  if (alert.rollout !== undefined || alert.building !== undefined) return [{ alert, buildingAt: '/building' }];
  const faults = [{ path: '', message: 'names neither a rollout nor a building; give "rollout" or "building"' }];
  return [{ alert, outcome: 'refused', faults }];
}

/** The alert, which has a fault when it is about a building that the environment does not have: nobody would ever learn of it. */
export function requireBuilding(read: ReadAlert, { buildings, apartment, environment }: Document): ReadAlert {
  if (read.faults || read.alert.status === 'resolved') return read;
  const { alert, buildingAt: path } = read;
  if (alert.building === undefined || Object.hasOwn(buildings, alert.building)) return read;
  const faults = [{ path, message: `there is no building ${alert.building} in ${apartment}/${environment}` }];
  return { alert, outcome: 'unknown-building', faults };
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
  if (faults.length > 0) return { alert: { name }, outcome: 'refused', faults };
  const summary = own(annotations, 'summary') ?? own(annotations, 'description') ?? own(annotations, 'message') ?? '';
  return {
    buildingAt: `${at}/concierge_building`,
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
