import { describe, expect, it } from 'vitest';
import { publishUnit } from '#engine/services/publish-unit.ts';
import { ProblemError } from '#schemas/problem.ts';
import type { NewUnit } from '#schemas/unit.ts';
import { unitOf } from '../../support/fixtures.ts';
import { ANA, testServices } from '../../support/services.ts';

const newUnit = (overrides: Partial<NewUnit> = {}): NewUnit => {
  const { id: _, rollout: __, ...unit } = unitOf('main@1.0.0');
  return { ...unit, ...overrides };
};
const OTHER_BYTES = `sha384-${'B'.repeat(64)}`;

describe('a published version never changes', () => {
  it('the very same again is fine and is the same record', async () => {
    const services = testServices();
    const first = await publishUnit(services, 'shop', { building: 'main', unit: newUnit() }, ANA);
    services.clock.now += 1_000;
    const second = await publishUnit(services, 'shop', { building: 'main', unit: newUnit() }, { name: 'ben' });
    expect([first.created, second.created]).toEqual([true, false]);
    expect(second.published).toEqual(first.published);
  });

  it.each<[string, { building?: string; unit?: Partial<NewUnit> }]>([
    ['other bytes', { unit: { checksum: OTHER_BYTES } }],
    ['another address', { unit: { url: 'https://elsewhere.example/x.js' } }],
    ['another building', { building: 'sidebar' }],
    ['other dependencies', { unit: { dependencies: { react: '^18' } } }],
  ])('with %s it is refused, and what is there stays', async (_, { building = 'main', unit = {} }) => {
    const services = testServices();
    const { published } = await publishUnit(services, 'shop', { building: 'main', unit: newUnit() }, ANA);
    const again = publishUnit(services, 'shop', { building, unit: newUnit(unit) }, ANA);
    await expect(again).rejects.toBeInstanceOf(ProblemError);
    await expect(again).rejects.toMatchObject({
      problem: { code: 'unit-differs', status: 409, detail: expect.stringContaining('main@1.0.0') },
    });
    expect(await services.units.get('shop', 'main@1.0.0')).toEqual(published);
  });

  it.each([
    ['stable', undefined],
    [undefined, 'stable'],
  ] as const)('published with the status %s and then with %s it is the same: stable was the default', async (before, after) => {
    const services = testServices();
    const unit = (status: 'stable' | undefined) => newUnit(status === undefined ? {} : { status });
    const first = await publishUnit(services, 'shop', { building: 'main', unit: unit(before) }, ANA);
    const second = await publishUnit(services, 'shop', { building: 'main', unit: unit(after) }, ANA);
    expect(second).toEqual({ created: false, published: first.published });
    await expect(publishUnit(services, 'shop', { building: 'main', unit: newUnit({ status: 'beta' }) }, ANA)).rejects.toMatchObject({
      problem: { code: 'unit-differs', errors: [{ path: '/unit/status', message: 'was published as "stable"' }] },
    });
  });

  it('the refusal shows both digests', async () => {
    const services = testServices();
    await publishUnit(services, 'shop', { building: 'main', unit: newUnit() }, ANA);
    await expect(publishUnit(services, 'shop', { building: 'main', unit: newUnit({ checksum: OTHER_BYTES }) }, ANA)).rejects.toMatchObject({
      problem: { detail: expect.stringMatching(new RegExp(`${newUnit().checksum!.replaceAll('+', '\\+')}.*${OTHER_BYTES}`)) },
    });
  });

  it('of many racing with different bytes one wins and nothing is overwritten', async () => {
    const services = testServices();
    const other = testServices(services.file);
    const racers = Array.from({ length: 40 }, (_, index) =>
      newUnit({ checksum: `sha384-${String.fromCharCode(65 + (index % 8)).repeat(64)}` }),
    );
    const outcomes = await Promise.allSettled(
      racers.map((unit, index) => publishUnit(index % 2 ? services : other, 'shop', { building: 'main', unit }, ANA)),
    );
    const stored = (await services.units.get('shop', 'main@1.0.0'))!.unit;
    outcomes.forEach((outcome, index) =>
      expect(outcome.status).toBe(racers[index]!.checksum === stored.checksum ? 'fulfilled' : 'rejected'),
    );
    expect((await services.units.list('shop')).units).toHaveLength(1);
  });

  it('a range that is none is refused at its place', async () => {
    const unit = newUnit({ dependencies: { react: '^19', '@scope/x': 'latest!' }, compatibility: { header: '>=>1' } });
    await expect(publishUnit(testServices(), 'shop', { building: 'main', unit }, ANA)).rejects.toMatchObject({
      problem: { status: 422, errors: [{ path: '/unit/dependencies/@scope~1x' }, { path: '/unit/compatibility/header' }] },
    });
  });

  it('another apartment has versions of its own', async () => {
    const services = testServices();
    await publishUnit(services, 'shop', { building: 'main', unit: newUnit() }, ANA);
    const { created } = await publishUnit(services, 'blog', { building: 'main', unit: newUnit({ checksum: OTHER_BYTES }) }, ANA);
    expect(created).toBe(true);
  });
});
