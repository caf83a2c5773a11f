import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '#resolver/compile.ts';
import { explain } from '#resolver/explain.ts';
import type { Program } from '#resolver/program.ts';
import { resolve } from '#resolver/resolve.ts';
import type { Visitor } from '#resolver/visitor.ts';
import type { Snapshot } from '#schemas/snapshot.ts';
import { HOSTS, anySnapshot, anyVisitor } from '#tests/support/any-snapshot.ts';
import { canary, snapshotOf, snapshotRollout } from '#tests/support/fixtures.ts';
import { IS_LONG } from '#tests/support/many-keys.ts';
import { unitsOf } from '#tests/support/run-cases.ts';

const RUNS = IS_LONG ? 5_000 : 200;

/** Visitors who bring no code of a preview, and of whom it is not known where they ask. */
const anyPlainVisitor = anyVisitor.map((visitor): Visitor => ({ ...visitor, host: undefined, preview: undefined }));

function programOf(snapshot: Snapshot): Program {
  const program = compile(snapshot, { trustsInteractions: true });
  if ('code' in program) throw new Error(`${program.detail} ${JSON.stringify(program.errors)}`);
  return program;
}

/** The snapshot with this route at every host, on top of what it has. */
const withRoute = (snapshot: Snapshot, units: Record<string, string>): Snapshot => ({
  ...snapshot,
  host_routes: Object.fromEntries(HOSTS.map((host) => [host, { description: '', units }])),
});

describe('of any snapshot and any visitor', () => {
  it('who asks at no routed host gets what they get without routes, byte for byte', () => {
    fc.assert(
      fc.property(anySnapshot, anyVisitor, (snapshot, someone) => {
        const visitor = { ...someone, host: undefined };
        const { host_routes: _routes, ...without } = snapshot;
        const [plain, routed] = [programOf(without), programOf(withRoute(snapshot, { main: 'main@9.0.0' }))];
        const wanted = resolve(plain, visitor);
        for (const asking of [visitor, { ...visitor, host: 'elsewhere.example' }, { ...visitor, host: '__proto__' }]) {
          expect(resolve(routed, asking)).toEqual(wanted);
          expect(resolve(plain, asking)).toEqual(wanted);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('who asks at a routed host gets its units, else what is theirs, and counts for nothing', () => {
    fc.assert(
      fc.property(anySnapshot, anyPlainVisitor, fc.constantFrom(...HOSTS), (snapshot, visitor, host) => {
        const units = { main: 'main@9.0.0', header: 'header@9.0.0' };
        const routed = programOf(withRoute(snapshot, units));
        const answer = resolve(routed, { ...visitor, host });
        expect(answer).toMatchObject({ exposures: [], keeps: {} });
        const { overrides: _overrides, host_routes: _routes, ...rest } = snapshot;
        const bare = programOf({ ...rest, overrides: {} });
        const theirs = unitsOf(resolve(bare, visitor));
        for (const [building, unit] of Object.entries(unitsOf(answer))) {
          const isTaken = bare.rollouts.some(
            ({ buildings }) => buildings.includes(building) && buildings.some((name) => Object.hasOwn(units, name)),
          );
          const stable = snapshot.buildings[building]!.active_unit;
          expect(unit).toBe(units[building as keyof typeof units] ?? (isTaken ? stable : theirs[building]));
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('answers of two hosts have two names, so that neither is taken for the other', () => {
    fc.assert(
      fc.property(anySnapshot, anyPlainVisitor, (snapshot, visitor) => {
        const program = programOf(withRoute(snapshot, { main: 'main@9.0.0' }));
        const names = [...HOSTS.map((host) => ({ ...visitor, host })), { ...visitor, host: 'elsewhere.example' }].map(
          (asking) => resolve(program, asking).combination,
        );
        expect(new Set(names).size).toBe(HOSTS.length + 1);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('one route', () => {
  const HOST = 'pr-12.preview.shop.example';
  const rollouts = [
    snapshotRollout({ id: 'everyone', percentage: 100, arms: canary({ header: 'header@2.0.0', main: 'main@2.0.0' }) }),
    snapshotRollout({ id: 'other', salt: 'other', percentage: 100, arms: canary({ sidebar: 'sidebar@2.0.0' }) }),
  ];
  const visitor: Visitor = { key: 'anybody', attributes: {}, host: HOST };
  const program = programOf({
    ...snapshotOf(rollouts),
    host_routes: { [HOST]: { description: '', units: { main: 'main@2.0.0' } } },
  });

  it('takes its visitors out of the rollouts of its buildings, and says so', () => {
    expect(explain(program, visitor)).toEqual([
      { building: 'header', unit: 'header@1.0.0', reason: 'host-route', host: HOST, rollout: 'everyone' },
      { building: 'main', unit: 'main@2.0.0', reason: 'host-route', host: HOST },
      expect.objectContaining({ building: 'sidebar', unit: 'sidebar@2.0.0', reason: 'rollout', rollout: 'other' }),
    ]);
  });

  it('asks the edge for hosts only where there are some', () => {
    expect(program.needs.host).toBe(true);
    expect(programOf(snapshotOf(rollouts)).needs.host).toBe(false);
    expect(programOf({ ...snapshotOf(rollouts), host_routes: {} }).needs.host).toBe(false);
  });

  it('is refused for buildings and units that are not there, each at its place', () => {
    const broken = compile({
      ...snapshotOf(rollouts),
      host_routes: { [HOST]: { description: '', units: { attic: 'main@2.0.0', main: 'main@7.0.0' } } },
    });
    expect(broken).toMatchObject({
      code: 'unprocessable',
      errors: [
        { path: `/host_routes/${HOST}/units/attic`, message: 'there is no building attic' },
        { path: `/host_routes/${HOST}/units/main`, message: 'there is no unit main@7.0.0' },
      ],
    });
  });
});
