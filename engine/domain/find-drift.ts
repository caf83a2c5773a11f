import { counted } from '#schemas/counted.ts';
import type { DriftFinding, DriftReport, EdgeSight, UnitSight } from '#schemas/drift.ts';

export type DriftSight = {
  desired: number;
  /** When the head was decided, epoch ms. */
  desiredSince: number;
  published: number;
  edges: readonly EdgeSight[];
  units: readonly UnitSight[];
  /** Units that nobody sees but at the host of a preview. */
  previews: ReadonlySet<string>;
};

/** How long a revision may be on its way before that is more than a note. */
export const DELIVERY_GRACE_MS = 60_000;

const RANK = { none: 0, info: 1, warning: 2, critical: 3 } as const;

/** Compares what was decided with what was recorded as published and with what is really there. */
export function findDrift(sight: DriftSight, now: number): Pick<DriftReport, 'findings' | 'severity' | 'summary'> {
  const findings = [
    ...publishedDrift(sight, now),
    ...sight.edges.flatMap((edge) => edgeDrift(edge, sight, now)),
    ...sight.units.flatMap(unitDrift).map((one) => (sight.previews.has(one.where) ? { ...one, severity: 'info' as const } : one)),
  ];
  const severity = findings.reduce<DriftReport['severity']>(
    (worst, one) => (RANK[one.severity] > RANK[worst] ? one.severity : worst),
    'none',
  );
  return { findings, severity, summary: summaryOf(findings, sight) };
}

const lateness = ({ desiredSince }: DriftSight, now: number): DriftFinding['severity'] =>
  now - desiredSince <= DELIVERY_GRACE_MS ? 'info' : 'warning';

function publishedDrift(sight: DriftSight, now: number): DriftFinding[] {
  const { desired, published } = sight;
  if (published === desired) return [];
  if (published > desired) {
    const message = `Revision ${published} was published, and the chain ends with ${desired}: it lost its end, or an old copy was put in its place.`;
    return [{ kind: 'extra', severity: 'critical', where: 'outbox', message }];
  }
  const message = `Revision ${desired} is not delivered to every edge yet; ${published === 0 ? 'none was' : `the latest that was is ${published}`}.`;
  return [{ kind: 'behind', severity: lateness(sight, now), where: 'outbox', message }];
}

function edgeDrift({ edge, revision, error }: EdgeSight, sight: DriftSight, now: number): DriftFinding[] {
  const { desired, published } = sight;
  const finding = (kind: DriftFinding['kind'], severity: DriftFinding['severity'], message: string): DriftFinding[] => [
    { kind, severity, where: edge, message },
  ];
  if (error !== undefined) return finding('unreachable', 'warning', `${edge} cannot be asked: ${error}.`);
  if (revision === null || revision === 0) return finding('missing', 'critical', `${edge} has no snapshot.`);
  if (revision > desired)
    return finding('extra', 'critical', `${edge} serves revision ${revision}, which the chain does not have; it ends with ${desired}.`);
  if (revision < published)
    return finding('modified', 'critical', `${edge} serves revision ${revision}, although it was recorded to have ${published}.`);
  if (revision < desired)
    return finding('behind', lateness(sight, now), `${edge} still serves revision ${revision}; ${desired} was decided.`);
  return [];
}

function unitDrift({ unit, url, checksum, found, detail = '' }: UnitSight): DriftFinding[] {
  switch (found) {
    case 'same':
      return [];
    case 'missing':
      return [{ kind: 'missing', severity: 'critical', where: unit, message: `${unit} is not at ${url} any more: ${detail}.` }];
    case 'other':
      return [
        {
          kind: 'checksum-mismatch',
          severity: 'critical',
          where: unit,
          message: `${url} serves other bytes than ${unit} was published with: ${detail}, not ${checksum}. Browsers refuse them.`,
        },
      ];
    case 'unreachable':
      return [{ kind: 'unreachable', severity: 'warning', where: unit, message: `${url} cannot be loaded: ${detail}.` }];
  }
}

function summaryOf(findings: readonly DriftFinding[], { desired, edges, units }: DriftSight): string {
  if (findings.length === 0)
    return `No drift: revision ${desired}, ${counted(edges.length, 'edge')} and ${counted(units.length, 'unit')} agree.`;
  const count = (severity: DriftFinding['severity']): number => findings.filter((one) => one.severity === severity).length;
  const parts = (['critical', 'warning', 'info'] as const).filter((one) => count(one) > 0).map((one) => `${count(one)} ${one}`);
  return `Drift: ${parts.join(', ')}.`;
}
