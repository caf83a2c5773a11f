import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { startRollout } from '#engine/services/start-rollout.ts';
import { testApi } from '../support/api.ts';
import { cliOver } from '../support/cli-over-api.ts';
import { PLACE, planOf } from '../support/fixtures.ts';
import { STAGING, twoEnvironments } from '../support/releases.ts';
import { ANA, publish, temporaryFolder } from '../support/services.ts';

// Each command is a process of its own.
vi.setConfig({ testTimeout: 180_000 });

/** The real command line against the real API, with shop/production at 1.0.0 and shop/staging at 1.1.0. */
async function shop() {
  const services = await twoEnvironments();
  const api = await testApi(services);
  const place = { CONCIERGE_APARTMENT: 'shop', CONCIERGE_ENVIRONMENT: 'production' };
  return { services, run: await cliOver(api, place) };
}

it('an alias stands for the unit that it points at, and the version is what is recorded', async () => {
  const { services, run } = await shop();
  expect(await run('alias', 'show', 'main@stag')).toMatchObject({ code: 0, stdout: 'main@1.1.0  (main@staging, revision 4)\n' });
  const started = await run('rollout', 'start', 'main@staging', '--steps', '25,100');
  expect(started).toMatchObject({ code: 0, stderr: 'concierge: main@staging is main@1.1.0 (staging, revision 4).\n' });
  const head = (await services.revisions.head(PLACE))!;
  expect(head.cause).toMatchObject({ type: 'start-rollout', plan: { units: ['main@1.1.0'] } });
  expect((await run('where')).stdout).toBe(
    [
      'shop      production          staging',
      'header    1.0.0               1.1.0',
      'main      1.0.0 → 1.1.0 25 %  1.1.0',
      'sidebar   1.0.0               1.1.0',
      'release   –                   –',
      'revision  5                   4',
      '',
    ].join('\n'),
  );
  expect((await run('where', '--unit', 'main@1.0.0')).stdout).toMatch(
    /^where .*\nmain@production +main@1\.0\.0 → 1\.1\.0 25 % +revision 3, 2026-\S+ +ana +Added building main with main@1\.0\.0\.\n$/,
  );
  expect((await run('where', '--unit', 'footer')).stdout).toBe('footer runs nowhere.\n');
});

it('promotes what an environment shows, and tells the moves of the alias', async () => {
  const { run } = await shop();
  expect(await run('promote', '--from', 'staging', '--to', 'production', '-b', 'main', '--reason', 'tested')).toMatchObject({
    code: 0,
    stdout: 'Promoted main@1.1.0 from staging (revision 4). tested (revision 5)\n  main: main@1.0.0 → main@1.1.0\n',
  });
  expect(await run('promote', '--from', 'staging', '-b', 'main')).toMatchObject({
    code: 1,
    stderr: 'concierge: shop/production shows main@1.1.0 already.\n',
  });
  const history = await run('alias', 'history', 'main@prod');
  expect(history.stdout).toMatch(
    /^main@production is main@1\.1\.0\nrevision .*\n5 +1\.0\.0 → 1\.1\.0 +2026-\S+ +admin token +Promoted main@1\.1\.0 from staging \(revision 4\)\. tested\n3 +nothing → 1\.0\.0 /,
  );
  const canary = await run('promote', 'header@staging', '--strategy', 'canary', '--steps', '10', '--country', 'kr', '--json');
  expect(JSON.parse(canary.stdout)).toMatchObject({ rollout: { strategy: 'canary', criteria: { geo_regions: ['KR'] } } });
  expect(canary.stderr).toBe('');
});

it('makes, shows and deploys a release, and goes back from it', async () => {
  const { services, run } = await shop();
  const made = await run('release', 'create', '2.0.0', '--from', 'staging', '--dataset', 's3://data/2026-01');
  expect(made).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Made release 2\.0\.0 of shop: header@1\.1\.0, main@1\.1\.0, sidebar@1\.1\.0 \([0-9a-f]{64}\)\n$/),
  });
  expect((await run('release', 'create', '2.0.0', 'main@staging')).stderr).toMatch(
    /Release 2\.0\.0 of shop was made with the digest [0-9a-f]{64}; yours has [0-9a-f]{64}/,
  );
  services.serves.set('main@1.1.0', 'other').set('header@1.1.0', 'missing');
  expect(await run('release', 'deploy', '2.0.0')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /nothing was moved\.\n {2}release: header@1\.1\.0: \S+ is not there: \n {2}release: main@1\.1\.0: \S+ serves other bytes/,
    ),
  });
  services.serves.clear();
  expect(await run('release', 'deploy', '2.0.0', '--reason', 'Friday')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Deployed release 2.0.0: header@1.1.0, main@1.1.0, sidebar@1.1.0. Friday (revision 5)\n'),
  });
  const shows = [
    ['release', 'deploy', '2.0.0'],
    ['release', 'list'],
    ['release', 'show', '2.0.0'],
    ['release', 'current'],
    ['release', 'current', '--json'],
  ];
  const [again, list, show, current, file] = (await Promise.all(shows.map((args) => run(...args)))).map(({ stdout }) => stdout);
  expect(again).toBe('Nothing to do: it is so since revision 5 or before.\n');
  expect(list).toMatch(/\n2\.0\.0 .* s3:\/\/data\/2026-01 .* production\n$/);
  expect(show).toContain('from staging, revision 4');
  expect(current).toMatch(
    /^shop\/production is on release 2\.0\.0 \(revision 5, 2026-\S+\)\ndigest  [0-9a-f]{64}\ndataset s3:\/\/data\/2026-01\nbuilding .*\nheader +header@1\.1\.0 +https:\S+ +sha384-\S+\nmain /,
  );
  expect(JSON.parse(file!)).toMatchObject({ release: '2.0.0', dataset: 's3://data/2026-01' });
  expect((await run('rollback')).stdout).toContain('On no release.');
  expect((await run('release', 'current')).stdout).toMatch(
    /^shop\/production is on no release \(revision \d+, \S+\)\ndataset none\nbuilding /,
  );
  await run('release', 'deploy', '2.0.0');
  await run('promote', 'main@1.0.0', '--allow-older');
  expect((await run('release', 'current')).stdout).toContain("main@1.0.0 (not the release's)");
});

it('tells who holds an environment, and ends the lock', async () => {
  const { services, run } = await shop();
  const now = services.clock.now;
  await services.locks.take(PLACE, { id: 'x', holder: 'ci', purpose: 'the deploy of release 2.0.0', since: now, until: now + 60_000 });
  const [told, refused] = await Promise.all([run('lock', 'show'), run('promote', '--from', 'staging')]);
  expect(told.stdout).toMatch(/^ci holds it for the deploy of release 2\.0\.0 since 2026/);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('ci holds shop/production') });
  expect(await run('lock', 'break')).toMatchObject({ code: 0 });
  expect(await services.locks.held(PLACE, now)).toBeNull();
});

const REFUSALS: [string[], number, string][] = [
  [['promote'], 2, 'Say which units, or with --from whose.'],
  [['promote', '--from', 'staging', '--steps', '50,20,100'], 1, '--steps: step 2:'],
  [['promote', '--from', 'staging', '--strategy', 'ab_test'], 2, 'Allowed choices are gradual, canary, immediate'],
  [['release', 'show', 'two'], 1, '\n  version: use a semantic version'],
  [['promote', 'main@9.0.0'], 1, 'unit "main@9.0.0": main@9.0.0 is not published'],
  [['promote', '--from', 'nowhere'], 1, 'There is no environment nowhere of shop'],
  [['alias', 'show', 'main@1.0.0'], 1, 'is a version, which never moves'],
  [['alias', 'show', 'main'], 2, 'is no alias'],
  [['release', 'create', 'two', 'main@1.0.0'], 1, 'version: use a semantic version'],
  [['release', 'deploy', '9.0.0'], 1, 'There is no release 9.0.0 of shop.'],
];

it('says what is wrong, and ends with 1 or 2', async () => {
  const { run } = await shop();
  const results = await Promise.all(REFUSALS.map(([args]) => run(...args)));
  for (const [index, [args, code, words]] of REFUSALS.entries()) {
    expect({ args, ...results[index] }).toEqual({ args, code, stdout: '', stderr: expect.stringContaining(words) });
  }
});

it('names the option that would permit what is refused', async () => {
  const { services, run } = await shop();
  await publish(services, 'main@1.2.0');
  const { rollout } = await startRollout(services, STAGING, planOf({ units: ['main@1.2.0'] }), ANA);
  const refusals: [string[], string][] = [
    [['main@1.0.0', '--to', 'staging'], '  main@1.0.0 is older than main@1.1.0, which staging shows (--allow-older permits it)\n'],
    [['--from', 'staging'], `  rollout ${rollout.id} of main is under way in staging (--while-moving takes what everybody has there)\n`],
    [['main@1.2.0', '--to', 'staging'], `  rollout ${rollout.id} is under way: main 1.1.0 → 1.2.0 (--take-back takes it back)\n`],
  ];
  const results = await Promise.all(refusals.map(([args]) => run('promote', ...args)));
  for (const [index, [, words]] of refusals.entries())
    expect(results[index]).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(words) });
  expect(await run('promote', 'main@1.0.0', '--to', 'staging', '--allow-older', '--take-back')).toMatchObject({ code: 0 });
});

it('publishes and shows it where it is told to, at once', async () => {
  const { services, run } = await shop();
  const file = join(temporaryFolder(), 'main.js');
  writeFileSync(file, 'export {};');
  const source = [file, '--at', 'https://cdn.example/main.js', '--no-verify', '-b', 'main'];
  const published = await run('publish', ...source, '-v', '2.0.0', '--alias', 'staging,production');
  expect(published).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/\nstaging: Promoted main@2\.0\.0\. .*[^]*\nproduction: Promoted/),
  });
  const head = (await services.revisions.head(PLACE))!;
  expect(head.document.buildings['main']!.active_unit).toBe('main@2.0.0');
  const older = run('publish', ...source, '-v', '1.5.0', '--alias', 'staging');
  const again = run('publish', ...source, '-v', '2.0.0', '--alias', 'staging');
  expect(await older).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /main@1\.5\.0 is published, and was not shown in staging:[^]*\("concierge promote main@1\.5\.0 --to staging --allow-older" permits it\)/,
    ),
  });
  expect(await again).toMatchObject({ code: 0, stdout: expect.stringContaining('staging shows it already.') });
});
