import { liveRollouts } from '#engine/domain/rollout-state.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { Alert, AlertReceipt, AlertResult } from '#schemas/alert.ts';
import { ProblemError, refuse } from '#schemas/problem.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { requireHead } from './change.ts';
import type { Services } from './context.ts';
import { moveRollout } from './move-rollout.ts';
import { type ReadAlert, readAlerts, requireBuilding } from './read-alerts.ts';

/**
 * Acts on alerts: each that fires pauses the live rollouts that it names, or takes them back. Safe to repeat: what is done is
 * done, and an alert of Alertmanager acts once on each rollout as long as it fires, so that a person may resume against it.
 * Alerts with faults are refused and do not keep the others from acting; when none can act, the whole is `unprocessable`.
 * `request` names the delivery when it must be taken once only.
 */
export async function takeAlerts(
  services: Services,
  place: Place,
  delivery: Record<string, unknown>,
  request?: string,
): Promise<AlertReceipt> {
  const written = readAlerts(delivery);
  requireOne(written);
  const head = await requireHead(services, place);
  const read = written.map((one) => requireBuilding(one, head.document));
  const isRepeated = request !== undefined && (await wasTaken(services, place, request));
  requireOne(read);
  const results: AlertResult[] = [];
  for (const one of read) {
    const { name } = one.alert;
    if (one.faults) {
      const message = one.faults.map(({ path, message }) => `${path} ${message}`).join('; ');
      results.push({ alert: name, outcome: one.outcome, message });
    } else if (one.alert.status === 'resolved') results.push({ alert: name, outcome: 'resolved' });
    else if (isRepeated) results.push({ alert: name, outcome: 'already' });
    else results.push(...(await act(services, place, one.alert)));
  }
  if (request !== undefined && !isRepeated) await services.revisions.rememberRequest(place, request, head.number, services.now());
  return { results };
}

/** Refuses with every fault when there are alerts and none of them can act. */
function requireOne(read: readonly ReadAlert[]): void {
  const faults = read.flatMap((one) => one.faults ?? []);
  if (faults.length > 0 && read.every((one) => one.faults)) refuse('unprocessable', 'No alert can be acted on.', faults);
}

/** Whether this very request was taken here before. One that was taken elsewhere is somebody's who listened. */
async function wasTaken(services: Services, { apartment, environment }: Place, request: string): Promise<boolean> {
  const taken = await services.revisions.ofRequest(request);
  if (taken && (taken.apartment !== apartment || taken.environment !== environment)) {
    refuse('signature-invalid', 'This signed request was made for another environment.');
  }
  return taken !== null;
}

/** Every rollout that the alert names and that has not ended. */
async function act(services: Services, place: Place, alert: Alert): Promise<AlertResult[]> {
  const { document } = await requireHead(services, place);
  const meant = liveRollouts(document).filter(
    (rollout) =>
      (alert.rollout === undefined || rollout.id === alert.rollout) &&
      (alert.building === undefined || Object.hasOwn(rollout.targets, alert.building)),
  );
  if (meant.length === 0) return [{ alert: alert.name, outcome: 'no-live-rollout' }];
  const results: AlertResult[] = [];
  for (const rollout of meant) results.push({ alert: alert.name, rollout: rollout.id, ...(await actOn(services, place, alert, rollout)) });
  return results;
}

async function actOn(services: Services, place: Place, alert: Alert, rollout: Rollout): Promise<Pick<AlertResult, 'outcome' | 'message'>> {
  const { action, instance } = alert;
  if (action === 'pause' && rollout.state === 'paused') return { outcome: 'already' };
  const idempotencyKey =
    instance === undefined ? undefined : `alert ${instance} ${place.apartment}/${place.environment}/${rollout.id} ${action}`;
  if (idempotencyKey !== undefined && (await services.revisions.ofRequest(idempotencyKey))) return { outcome: 'already' };
  const command = {
    type: action === 'pause' ? ('pause-rollout' as const) : ('roll-back-rollout' as const),
    rollout: rollout.id,
    reason: `Alert ${alert.name} is firing${alert.message === '' ? '.' : `: ${alert.message}`}`,
  };
  try {
    await moveRollout(services, place, command, {
      name: `alert:${alert.name}`,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
    return { outcome: action === 'pause' ? 'paused' : 'rolled-back' };
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code !== 'rollout-state') throw error;
    // Somebody was faster, or it is in a state from which this leads nowhere.
    const now = (await requireHead(services, place)).document.rollouts[rollout.id];
    const isDone = now === undefined || now.ended_at !== undefined || now.state === 'paused';
    return isDone ? { outcome: 'already' } : { outcome: 'refused', message: error.problem.detail };
  }
}
