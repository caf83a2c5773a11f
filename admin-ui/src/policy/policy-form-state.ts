import { Policy, type PolicyInput, type Weekday } from '#schemas/policy.ts';
import { invalidRequest } from '#schemas/parse.ts';
import type { Fault } from '#schemas/problem.ts';
import { inWords } from '../fields/fault-words.ts';
import type { FaultsByField } from '../fields/form-faults.ts';
import { capitalize } from '../words/format.ts';

export type WindowForm = { days: Weekday[]; from: string; to: string; time_zone: string; reason: string };
export type PolicyForm = { approvals: string; max_rollouts: string; windows: WindowForm[] };

const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** From Friday evening to Monday morning is what most people mean. */
export const newWindow = (): WindowForm => ({ days: ['fri', 'sat', 'sun'], from: '16:00', to: '08:00', time_zone: ownZone(), reason: '' });

export const formOf = ({ approvals, max_rollouts: most, freeze_windows: windows }: Policy): PolicyForm => ({
  approvals: String(approvals),
  max_rollouts: most === undefined ? '' : String(most),
  windows: windows.map((window) => ({ ...window, reason: window.reason ?? '' })),
});

const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

/** The policy that the form means, or all its faults, by the very schema that the engine uses. */
export function checkPolicy(form: PolicyForm): { policy: PolicyInput; faults: Fault[] } {
  const policy: PolicyInput = {
    approvals: numberOf(form.approvals),
    ...(form.max_rollouts.trim() ? { max_rollouts: numberOf(form.max_rollouts) } : {}),
    freeze_windows: form.windows.map(({ reason, ...window }) => ({ ...window, ...(reason.trim() ? { reason } : {}) })),
  };
  const result = Policy.safeParse(policy, { error: inWords });
  return { policy, faults: result.success ? [] : (invalidRequest(result.error).errors ?? []) };
}

/** `/freeze_windows/0/from` is the field `windows.0.from`; what is below a field is shown at it. */
export function faultsByField(faults: readonly Fault[]): FaultsByField {
  const fields: FaultsByField = {};
  for (const { path, message } of faults) {
    const [name = '', index, part] = path.slice(1).split('/');
    const field = name === 'freeze_windows' && part !== undefined ? `windows.${index}.${part}` : name;
    fields[field] = [...(fields[field] ?? []), `${capitalize(message)}.`];
  }
  return fields;
}
