import type { Command, CommandOf } from '#schemas/command.ts';
import { counted } from '#schemas/counted.ts';
import type { Document } from '#schemas/document.ts';
import type { Policy } from '#schemas/policy.ts';
import { askedBecause, currentStep, isTakenBack } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { describeTargets } from './rollout-state.ts';

/** What a revision changed, in one sentence for people. `document` is the one after the command. */
export function describeChange(command: Command, document: Document): string {
  switch (command.type) {
    case 'create':
      return `Created ${document.apartment}/${document.environment}.`;
    case 'add-building':
      return `Added building ${command.building} with ${command.unit.id}.`;
    case 'set-segment':
      return `Set segment ${command.name}.`;
    case 'set-flag':
      return `Turned flag ${command.name} ${command.flag.enabled ? 'on' : 'off'}.`;
    case 'set-group':
      return `Set group ${command.name} (${counted(command.group.length, 'value')}).`;
    case 'set-override':
      return `Set override ${command.name} to ${Object.values(command.override.units).join(', ')}.`;
    case 'remove-override':
      return `Removed override ${command.name}.`;
    case 'set-host-route':
      return `Set host ${command.host} to ${Object.values(command.route.units).join(', ')}.`;
    case 'remove-host-routes':
      return describeRemovedRoutes(command);
    case 'set-holdout':
      return command.percentage === 0 ? 'Ended the holdout.' : `Held ${command.percentage} % of visitors out of every rollout.`;
    case 'set-policy':
      return describePolicy(command.policy);
    case 're-salt-rollout':
      return describeRollout('Drew visitors anew for', command.rollout, document);
    case 'start-rollout':
      return describeRollout(document.rollouts[command.id]?.state === 'running' ? 'Started' : 'Planned', command.id, document);
    case 'approve-rollout':
      return describeRollout('Approved', command.rollout, document);
    case 'restart-rollout':
      return describeRollout('Restarted', command.rollout, document);
    case 'edit-rollout':
      return describeRollout('Changed', command.rollout, document);
    case 'pause-rollout':
      return describeRollout('Paused', command.rollout, document);
    case 'resume-rollout':
      return describeRollout('Resumed', command.rollout, document);
    case 'begin-rollout':
      return describeRollout(document.rollouts[command.rollout]?.state === 'running' ? 'Began' : null, command.rollout, document);
    case 'judge-rollout':
      return describeRollout(proposedIn(document.rollouts[command.rollout]), command.rollout, document);
    case 'promote-rollout':
    case 'abort-rollout':
    case 'roll-back-rollout':
      return describeRollout(null, command.rollout, document);
    case 'move-units':
      return describeMove(command);
    case 'restore-units':
      return describeRestore(command);
    case 'restore-document':
      return describeWholeRestore(command);
  }
}

/** "Promoted header@2.1.0 from staging." or "Deployed release 2.0.0: header@2.1.0." */
function describeMove({ units, origin, release, reason }: CommandOf<'move-units'>): string {
  const ids = Object.values(units).map(({ id }) => id);
  const done = release
    ? `Deployed release ${release.version}: ${ids.join(', ')}.`
    : `Promoted ${ids.join(', ')}${origin ? ` from ${origin.environment} (revision ${origin.revision})` : ''}.`;
  return [done, reason].filter(Boolean).join(' ');
}

/** "Removed host pr-12.preview.shop.example: main@1.2.0-0.snap.20260115 has expired." */
function describeRemovedRoutes({ hosts, expired = [] }: CommandOf<'remove-host-routes'>): string {
  const why = expired.length === 0 ? '' : `: ${expired.join(', ')} ${expired.length === 1 ? 'has' : 'have'} expired`;
  return `Removed ${hosts.length === 1 ? 'host' : 'hosts'} ${hosts.join(', ')}${why}.`;
}

const releaseWords = (release: CommandOf<'restore-units'>['release']): string =>
  release === undefined ? '' : release === null ? 'On no release.' : `On release ${release.version} again.`;

function describeRestore({ units, from_revision: from, rollouts = [], release, reason }: CommandOf<'restore-units'>): string {
  const ids = Object.values(units).map((unit) => unit.id);
  const sentences = [
    rollouts.length > 0 ? `Rolled back ${rollouts.join(', ')}.` : '',
    ids.length > 0 ? `Back to ${ids.join(', ')}, as in revision ${from}.` : `Back to revision ${from}.`,
    releaseWords(release),
    reason ?? '',
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

function describeWholeRestore({ from_revision: from, lost, reason }: CommandOf<'restore-document'>): string {
  const gap = lost && (lost.from === lost.to ? `Revision ${lost.from} was lost.` : `Revisions ${lost.from} to ${lost.to} were lost.`);
  return [`Restored everything as it was in revision ${from}.`, gap, reason].filter(Boolean).join(' ');
}

function describePolicy({ freeze_windows: windows, approvals, max_rollouts: most }: Policy): string {
  const rules = [
    windows.length > 0 ? counted(windows.length, 'freeze window') : '',
    approvals > 0 ? `${counted(approvals, 'approval')} needed` : '',
    most === undefined ? '' : `at most ${most} at once`,
  ].filter((rule) => rule !== '');
  return `Set the policy for rollouts: ${rules.join(', ') || 'no rules'}.`;
}

const NOW: Record<Rollout['state'], string> = {
  scheduled: 'Scheduled',
  'awaiting-approval': 'Needs approval:',
  running: 'Moved on',
  paused: 'Paused',
  completed: 'Completed',
  'rolled-back': 'Rolled back',
  aborted: 'Aborted',
};

function describeRollout(verb: string | null, id: string, document: Document): string {
  const rollout = document.rollouts[id];
  if (!rollout) return `${verb ?? 'Changed'} rollout ${id}.`;
  const share = rollout.state === 'running' ? ` at ${currentStep(rollout).percentage} %` : '';
  const release = rollout.release ? `release ${rollout.release.version}: ` : '';
  const gone = goneWith(rollout, document);
  const others = gone.length > 0 ? ` With it went ${gone.join(', ')}, which came after it.` : '';
  // Of one that waits, the state says only what it waits for.
  const asked = verb === 'Planned' ? askedBecause(rollout) : undefined;
  const why = asked === undefined ? '' : ` ${asked}`;
  return `${verb ?? NOW[rollout.state]} ${id} (${release}${describeTargets(rollout)})${share}. ${rollout.state_reason}${why}${others}`;
}

/** A judgement that leaves a test with a proposal running has made it: from then on only a person moves it. */
const proposedIn = (rollout: Rollout | undefined): string | null =>
  rollout?.state === 'running' && rollout.proposal ? `Proposed ${rollout.proposal.variant} in` : null;

/** What came after a rollout that was taken back, at once or after one that went with it, and ended in the same moment. */
function goneWith(rollout: Rollout, { rollouts }: Document): string[] {
  const gone: string[] = [];
  const findAfter = (id: string): void => {
    for (const other of Object.values(rollouts)) {
      if (!isTakenBack(other) || other.ended_at !== rollout.ended_at || !other.after?.includes(id) || gone.includes(other.id)) continue;
      gone.push(other.id);
      findAfter(other.id);
    }
  };
  if (isTakenBack(rollout)) findAfter(rollout.id);
  return gone.toSorted(); // in whatever order the document has them
}
