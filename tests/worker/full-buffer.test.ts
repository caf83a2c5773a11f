import { describe, expect, it } from 'vitest';
import { snapshotOf, snapshotRollout } from '../support/fixtures.ts';
import { bufferOf, eventsFrom, visitorsOf } from './buffer-support.ts';
import { sign } from './sign.ts';
import { testEdge } from './support.ts';

const MAX_WAITING = 20_000;

describe('a buffer that is full', () => {
  it('drops the oldest and says how many', async () => {
    const { engine, clock, buffer, add } = bufferOf();
    for (let first = 0; first < MAX_WAITING + 2_500; first += 500) add(eventsFrom(first, 500));
    expect(buffer.report()).toEqual({ waiting: MAX_WAITING, dropped: 2_500, refused: 0, last_error: null });
    await clock.pass(250);
    expect(engine.events()).toEqual(eventsFrom(2_500, MAX_WAITING));
  });

  it('drops the oldest also when they have been tried before', async () => {
    const { engine, clock, add } = bufferOf();
    engine.moods.deliver = 'rejects';
    add(eventsFrom(0, MAX_WAITING));
    await clock.pass(250);
    add(eventsFrom(MAX_WAITING, 500));
    engine.moods.deliver = 'well';
    await clock.pass(500);
    expect(visitorsOf(engine.events()).toSorted()).toEqual(visitorsOf(eventsFrom(500, MAX_WAITING)).toSorted());
  });

  it('drops none that are being delivered', async () => {
    const { engine, clock, buffer, add } = bufferOf();
    const late = engine.holdNext();
    add(eventsFrom(0, 1_000));
    await clock.pass(250);
    add(eventsFrom(1_000, MAX_WAITING));
    expect(buffer.report()).toMatchObject({ waiting: MAX_WAITING, dropped: 1_000 });
    late.release();
    await clock.pass(0);
    expect(engine.events()).toEqual([...eventsFrom(0, 1_000), ...eventsFrom(2_000, MAX_WAITING - 1_000)]);
  });

  it('has room for the others: who fills it pays for it', async () => {
    const { engine, clock, buffer, add } = bufferOf();
    engine.moodsOf.set('shop', 'rejects');
    add(eventsFrom(0, 100), 'barn');
    add(eventsFrom(100, MAX_WAITING), 'shop');
    expect(buffer.report()).toMatchObject({ waiting: MAX_WAITING, dropped: 100 });
    await clock.pass(250);
    expect(engine.events()).toEqual(eventsFrom(0, 100));
  });

  it('never holds more, however long the engine is down', async () => {
    const { engine, clock, buffer, add } = bufferOf();
    engine.moods.deliver = 'rejects';
    for (let round = 0; round < 60; round++) {
      add(eventsFrom(round * 1_000, 1_000));
      await clock.pass(8_000);
      expect(buffer.report().waiting).toBeLessThanOrEqual(MAX_WAITING);
    }
    expect(buffer.report()).toMatchObject({ waiting: MAX_WAITING, dropped: 40_000 });
  });

  it('is told in /health', async () => {
    const edge = testEdge({ snapshot: await sign(snapshotOf([snapshotRollout()])) });
    edge.engine.moods.deliver = 'rejects';
    await edge.visitor().manifest();
    await edge.flush();
    expect((await edge.health()).beacons).toEqual({ waiting: 1, dropped: 0, refused: 0, last_error: 'the engine rejected' });
  });
});
