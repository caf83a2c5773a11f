import { mkdirSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EXIT } from '#cli/failure.ts';
import { MINUTE, NOW } from '../support/fixtures.ts';
import { testApiWithShop } from '../support/api.ts';
import { runCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/services.ts';

/** An engine that listens, and the command line of two people at it. */
async function atEngine() {
  const { app, tokenFor, services } = await testApiWithShop();
  const server = await new Promise<Server>((done) => {
    const started = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, () => done(started as Server));
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const data = temporaryFolder();
  mkdirSync(join(data, 'tokens'));
  writeFileSync(join(data, 'tokens', 'admin'), await tokenFor({ role: 'admin' }));
  writeFileSync(join(data, 'engine-url'), `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const ben = await tokenFor({ role: 'operator' });
  const run = (...args: string[]) => runCli(['--data', data, ...args]);
  const file = (value: unknown): string => {
    const path = join(data, 'given.json');
    writeFileSync(path, JSON.stringify(value));
    return path;
  };
  const head = async () => (await services.revisions.head({ apartment: 'shop', environment: 'production' }))!.document;
  const only = async () => Object.values((await head()).rollouts)[0]!;
  return { run, file, only, head, ben: (...args: string[]) => run('--token', ben, ...args) };
}

describe('a plan', () => {
  it('is said by options', async () => {
    const { run, only } = await atEngine();
    const options = [
      '--ramp',
      '10-100:4',
      '--deadline',
      '1h',
      '--on-deadline',
      'roll-back',
      '--promotion',
      'limits',
      '--pause-after',
      '30m',
    ];
    const { code, stderr } = await run('rollout', 'start', 'main@1.1.0', ...options, '--min-samples', '7');
    expect([code, stderr]).toEqual([0, '']);
    expect(await only()).toMatchObject({
      steps: [{ percentage: 10 }, { percentage: 40 }, { percentage: 70 }, { percentage: 100 }],
      progress_deadline: 60,
      on_deadline: 'roll-back',
      analysis: { promotion: 'limits', pause_after: 30, compare: ['errors', 'silence', 'latency'] },
      monitoring: { min_samples: 7, max_error_rate: 5 },
    });
  });

  it('has steps with times of their own', async () => {
    const { run, only } = await atEngine();
    expect((await run('rollout', 'start', 'main@1.1.0', '--steps', '5, 95:2h,100:30s', '--duration', '20m')).stderr).toBe('');
    const { id, steps } = await only();
    expect(steps).toMatchObject([
      { percentage: 5, duration: 20, gate: 'analysis' },
      { percentage: 95, duration: 120, gate: 'analysis' },
      { percentage: 100, duration: 0.5, gate: 'analysis' },
    ]);
    expect((await run('rollout', 'edit', id, '--next-steps', '50:1h,100', '--duration', '5m')).stderr).toBe('');
    expect((await only()).steps).toMatchObject([
      { percentage: 5, duration: 5 },
      { percentage: 50, duration: 60 },
      { percentage: 100, duration: 5 },
    ]);
  });

  it('is a file, of which options change a part', async () => {
    const { run, file, only } = await atEngine();
    const plan = file({ units: ['main@1.1.0'], strategy: 'canary', steps: [7], criteria: { geo_regions: ['KR'] }, duration: 3 });
    expect((await run('rollout', 'start', '--plan', plan, '--follow-up', 'everyone', '--duration', '5m')).code).toBe(0);
    expect(await only()).toMatchObject({
      criteria: { geo_regions: ['KR'] },
      steps: [
        { percentage: 7, duration: 5 },
        { percentage: 100, duration: 5, everyone: true },
      ],
    });
  });

  it.each<[string, string[], RegExp]>([
    ['no units', ['rollout', 'start'], /unit: name at least one unit/],
    ['a ramp that falls', ['rollout', 'start', 'main@1.1.0', '--ramp', '50-5:3'], /--ramp: from must be below to/],
    ['a deadline too short', ['rollout', 'start', 'main@1.1.0', '--deadline', '5m'], /--deadline: a step of 10 minutes/],
    ['something after nothing', ['rollout', 'start', 'main@1.1.0', '--after', 'nope'], /--after "nope": there is no rollout nope/],
    ['no reason for a freeze', ['rollout', 'start', 'main@1.1.0', '--override-freeze'], /--reason: say why the freeze/],
    [
      'two stable variants',
      ['rollout', 'start', '--variant', 'a=', '--variant', 'b='],
      /--variant: variant 2: variant a is the one without units/,
    ],
    [
      'a unit of a variant',
      ['rollout', 'start', '--variant', 'a=', '--variant', 'b=main@7.0.0'],
      /--variant: variant 2: main@7.0.0 is not published/,
    ],
  ])('is refused in words of its options: %s', async (_, args, words) => {
    const { run } = await atEngine();
    const { code, stderr } = await run(...args);
    expect(code).toBe(EXIT.refused);
    expect(stderr).toMatch(words);
  });

  it.each<[string, string[]]>([
    ['a time without its offset', ['--start-at', '2026-01-15T06:00']],
    ['a variant without units', ['--variant', 'green']],
    ['a ramp without steps', ['--ramp', '5-100']],
    ['a step with two times', ['--steps', '5:10m:20m,100']],
    ['a step with a time that is none', ['--steps', '5:soon,100']],
    ['a file that is not there', ['--plan', '/no/such/plan.json']],
  ])('with %s is wrong usage', async (_, options) => {
    const { run } = await atEngine();
    expect((await run('rollout', 'start', 'main@1.1.0', ...options)).code).toBe(EXIT.usage);
  });
});

describe('an A/B test', () => {
  it('is started, shown and ended with a variant', async () => {
    const { run, only, head } = await atEngine();
    const options = [
      '--variant',
      'old*3=',
      '--variant',
      'green=main@1.1.0,header@1.1.0',
      '--goal',
      'feedback',
      '--visitors',
      '900',
      '--no-sticky',
    ];
    expect((await run('rollout', 'start', ...options)).code).toBe(0);
    expect((await only()).experiment).toMatchObject({
      variants: [
        { name: 'old', weight: 3, units: {} },
        { name: 'green', weight: 1 },
      ],
      goal: 'feedback',
      horizon: { kind: 'fixed', visitors: 900 },
      sticky: false,
    });
    const { stdout } = await run('rollout', 'status');
    expect(stdout).toContain('old: stable, green: main@1.1.0 header@1.1.0');
    expect(stdout).toContain('decided at its horizon');
    expect(stdout).toMatch(/Not decided yet\.\n +variant +visitors +mean feedback \(more is better\)/);
    expect(stdout).toMatch(/\n +old +0 +– +it is the control/);
    expect((await run('status')).stdout).toMatch(/main +main@1\.0\.0 +→ main@1\.1\.0 \(green\) at 25 %\n/);
    expect((await run('rollout', 'promote', '--variant', 'red')).stderr).toContain('--variant: there is no variant red');
    expect((await run('rollout', 'promote', '--variant', 'green')).code).toBe(0);
    expect((await head()).buildings.header!.active_unit).toBe('header@1.1.0');
    const { stdout: ended } = await run('rollout', 'status', (await only()).id);
    expect(ended).toMatch(/\n {2}Ended at 2026-01-15T12:00:00\.000Z by admin token, revision 6\. Just before:\n {2}inconclusive: /);
    expect(ended).toMatch(/Not decided yet\.\n +variant +visitors +mean feedback/);
    expect((await run('history', 'audit')).stdout).toMatch(
      /\n {2}main-[0-9a-f]+ was inconclusive just before: .*\n {2}promote-rollout, digest/,
    );
  });
});

it('status tells what waits too, and who is given something else', async () => {
  const { run } = await atEngine();
  await run('rollout', 'start', 'main@1.1.0', '--approvals', '1');
  const none = await run('status');
  expect(none.stdout).toMatch(/\n\nmain-[0-9a-f]+ {2}awaiting-approval {2}main: main@1\.0\.0 → main@1\.1\.0\n/);
  expect(none.stdout).not.toMatch(/Override|Holdout/);
  await run('override', 'set', 'qa', 'main@1.1.0', '--visitor', 'ana,ben');
  await run('holdout', 'set', '2');
  const { stdout } = await run('status');
  expect(stdout).toContain('\nOverride qa: 2 visitors → main@1.1.0, whatever rollouts do.\nHoldout: 2 % of visitors are in no rollout.\n');
});

describe('the commands of a rollout', () => {
  it('approve, edit, restart, roll back and retry', async () => {
    const { run, ben, only } = await atEngine();
    await run(
      'rollout',
      'start',
      'main@1.1.0',
      '--approvals',
      '1',
      '--start-at',
      new Date(NOW + 600 * MINUTE).toISOString().replace('.000', ''),
    );
    const { id } = await only();
    expect((await run('rollout', 'status', id)).stdout).toMatch(
      /scheduled[\s\S]*starts at 2026-01-15T22:00[\s\S]*approved by nobody, 1 needed/,
    );
    expect((await run('rollout', 'approve')).stderr).toContain('somebody else must approve it');
    expect((await ben('rollout', 'approve', '--reason', 'looks good')).code).toBe(0);
    const edited = await run('rollout', 'edit', id, '--next-steps', '50,100', '--duration', '20m', '--max-error-rate', '1');
    expect([edited.code, edited.stderr]).toEqual([0, '']);
    expect(await only()).toMatchObject({
      approvals: [],
      steps: [{ percentage: 5, duration: 20 }, { percentage: 50, duration: 20 }, { percentage: 100 }],
      monitoring: { max_error_rate: 1, min_health_score: 80 },
    });
    expect((await run('rollout', 'restart', id)).stderr).toContain('it cannot take "restart"');
    expect((await run('rollout', 'rollback', id)).code).toBe(0);
    expect((await run('rollout', 'retry', id)).stdout).toMatch(/^Planned main-[0-9a-f]+ .*Waits for its time/);
    expect((await run('rollout', 'edit', id)).code).toBe(EXIT.usage);
  });

  it('the last known good is one command', async () => {
    const { run, head } = await atEngine();
    await run('rollout', 'start', 'main@1.1.0', '--strategy', 'immediate');
    const before = await head();
    const dry = await run('rollback', '--to-last-known-good', '--dry-run');
    expect([dry.code, dry.stdout]).toEqual([
      0,
      expect.stringMatching(/^It would go back to the units of revision \d+, as follows; nothing was changed\.\n/),
    ]);
    expect(await head()).toEqual(before);
    const { code, stdout } = await run('rollback', '--to-last-known-good', '--reason', 'it is 3 a.m.');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/Rolled back main-\w+\. Back to main@1\.0\.0/)]);
  });
});

describe('the policy', () => {
  it('is shown and set, part by part, by admins only', async () => {
    const { run, ben, file } = await atEngine();
    expect((await run('policy', 'show')).stdout).toContain('No freeze windows.');
    expect((await run('policy', 'set', '--freeze', 'fri+sat@18:00-08:00@Europe/Berlin', '--max-rollouts', '2')).code).toBe(0);
    expect((await run('policy', 'set', '--approvals', '1')).code).toBe(0);
    expect((await ben('policy', 'show')).stdout).toMatch(
      /fri, sat 18:00–08:00 Europe\/Berlin\nApprovals by others: 1\.\nAt most 2 at once\./,
    );
    expect((await ben('policy', 'set', '--approvals', '0')).stderr).toContain('may not administer');
    expect((await run('policy', 'set', '--freeze', 'fri@18:00-08:00@Mars/Base')).stderr).toContain(
      '--freeze: window 1: use the name of a time zone',
    );
    expect((await run('policy', 'set', '--no-freezes', '--max-rollouts', '0')).code).toBe(0);
    expect(JSON.parse((await run('--json', 'policy', 'show')).stdout)).toEqual({ freeze_windows: [], approvals: 1 });
    expect((await run('policy', 'set', '--file', file({ approvals: 3 }))).code).toBe(0);
    expect((await run('policy', 'show')).stdout).toContain('Approvals by others: 3.');
  });
});
