import { describe, expect, it } from 'vitest';
import { diffDocuments } from '#engine/domain/diff-documents.ts';
import type { Command } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { CONTEXT, decided, flagOf, planOf, shopDocument, startOf, unitOf } from '../../support/fixtures.ts';

const start = (document: Document, plan: Parameters<typeof planOf>[0] = {}, id = 'main-1'): Document => {
  const units = plan.units ?? ['main@1.1.0'];
  const targets = Object.fromEntries(units.map((unit) => [unit.split('@')[0]!, unitOf(unit)]));
  return decided(document, { type: 'start-rollout', id, salt: `salt-${id}`, plan: planOf(plan), targets });
};
const after = (document: Document, ...commands: Command[]): Document =>
  commands.reduce((now, command) => decided(now, command, { now: CONTEXT.now + 60_000 }), document);
const words = (before: Document | null, now: Document): string[] => diffDocuments(before, now).map(({ text }) => text);

const shop = shopDocument();
const running = start(shop, { steps: [25, 100], criteria: { geo_regions: ['KR'] } });
const set = (units: string[]) => start(shop, { units, steps: [5, 100] });
const VARIANTS = [
  { name: 'old', weight: 8 },
  { name: 'green', units: ['main@1.1.0'] },
  { name: 'b', units: ['main@1.2.0', 'header@2.0.0'] },
];
const inTest = decided(shop, startOf('test', { strategy: 'ab_test', experiment: { variants: VARIANTS } }));
const override = { description: '', visitors: ['qa'], segments: [], units: { main: 'main@1.1.0' } };

describe('in the words of the product', () => {
  it.each<[string, Document | null, Document, string[]]>([
    [
      'the first building',
      decided(null, { type: 'create' }),
      shop,
      ['header added with header@1.0.0', 'main added with main@1.0.0', 'sidebar added with sidebar@1.0.0'],
    ],
    ['nothing', shop, structuredClone(shop), []],
    ['a start', shop, running, ['main 1.0.0 → 1.1.0 for 25 % of KR']],
    ['a start of several', shop, set(['main@1.1.0', 'header@2.0.0']), ['main 1.0.0 → 1.1.0, header 1.0.0 → 2.0.0 for 5 % of visitors']],
    [
      'a step',
      running,
      after(running, { type: 'promote-rollout', rollout: 'main-1', to: 'next-step' }),
      ['main 1.0.0 → 1.1.0 for 100 % of KR (was 25 % of KR)'],
    ],
    ['a pause', running, after(running, { type: 'pause-rollout', rollout: 'main-1' }), ['main 1.0.0 → 1.1.0 paused at 25 % of KR']],
    ['start and pause', shop, after(running, { type: 'pause-rollout', rollout: 'main-1' }), ['main 1.0.0 → 1.1.0 for 25 % of KR, paused']],
    [
      'the end',
      running,
      after(running, { type: 'promote-rollout', rollout: 'main-1', to: 'done' }),
      ['main 1.0.0 → 1.1.0 for everyone', 'main 1.0.0 → 1.1.0 completed: for everyone (was 25 % of KR)'],
    ],
    [
      'a roll-back',
      running,
      after(running, { type: 'roll-back-rollout', rollout: 'main-1' }),
      ['main 1.0.0 → 1.1.0 rolled-back: for nobody (was 25 % of KR)'],
    ],
    [
      'what came and went between',
      shop,
      after(running, { type: 'abort-rollout', rollout: 'main-1' }),
      ['main 1.0.0 → 1.1.0 was tried and aborted'],
    ],
    [
      'another salt',
      running,
      after(running, { type: 're-salt-rollout', rollout: 'main-1', salt: 'x', reason: 'biased' }),
      ['main 1.0.0 → 1.1.0 for another 25 % of KR: visitors were drawn anew'],
    ],
    [
      'an A/B test: each variant with its own share',
      shop,
      inTest,
      ['green: main 1.0.0 → 1.1.0 for 10 % of visitors; b: main 1.0.0 → 1.2.0, header 1.0.0 → 2.0.0 for 10 % of visitors'],
    ],
    [
      'an A/B test that is taken back',
      inTest,
      after(inTest, { type: 'roll-back-rollout', rollout: 'test' }),
      [
        'green: main 1.0.0 → 1.1.0 rolled-back: for nobody (was 10 % of visitors); b: main 1.0.0 → 1.2.0, header 1.0.0 → 2.0.0 rolled-back: for nobody (was 10 % of visitors)',
      ],
    ],
    [
      'an A/B test that ends with a variant',
      inTest,
      after(inTest, { type: 'promote-rollout', rollout: 'test', to: 'done', variant: 'b' }),
      [
        'header 1.0.0 → 2.0.0 for everyone',
        'main 1.0.0 → 1.2.0 for everyone',
        'main 1.0.0 → 1.2.0, header 1.0.0 → 2.0.0 completed: for everyone (was 10 % of visitors)',
      ],
    ],
    [
      'a flag',
      shop,
      after(shop, { type: 'set-flag', name: 'nav', flag: flagOf({ percentage: 50 }) }),
      ['flag nav added: on for 50 % of visitors'],
    ],
    [
      'a flag turned off',
      after(shop, { type: 'set-flag', name: 'nav', flag: flagOf() }),
      after(shop, { type: 'set-flag', name: 'nav', flag: flagOf({ enabled: false }) }),
      ['flag nav changed: on → off'],
    ],
    [
      'a segment',
      shop,
      after(shop, { type: 'set-segment', name: 'pro', segment: { description: '', condition: { plan: 'pro' } } }),
      ['segment pro added'],
    ],
    ['a group', shop, after(shop, { type: 'set-group', name: 'partners', group: ['acme'] }), ['group partners added: 1 value']],
    [
      'an override',
      shop,
      after(shop, { type: 'set-override', name: 'qa', override, units: [unitOf('main@1.1.0')] }),
      ['override qa added: main@1.1.0'],
    ],
    [
      'the holdout',
      shop,
      after(shop, { type: 'set-holdout', percentage: 2, salt: 'h' }),
      ['holdout 0 % → 2 % of visitors kept out of every rollout'],
    ],
  ])('%s', (_, before, now, expected) => expect(words(before, now)).toEqual(expected));

  it('a unit whose name is not its building’s is named in full', () => {
    const other = after(shop, { type: 'restore-units', units: { main: unitOf('shop-main@3.0.0') }, from_revision: 1 });
    expect(words(shop, other)).toEqual(['main main@1.0.0 → shop-main@3.0.0 for everyone']);
  });

  it('a unit that says something else under its id is told: only a forged document has that', () => {
    const forged = structuredClone(shop);
    forged.units['main@1.0.0']!.url = 'https://evil.example/entry.js';
    expect(words(shop, forged)).toEqual(['main@1.0.0 says something else: a published unit never does']);
  });

  it('has before and after as data', () => {
    const [change] = diffDocuments(running, after(running, { type: 'pause-rollout', rollout: 'main-1' }));
    expect(change).toMatchObject({ kind: 'rollout', name: 'main-1', before: { state: 'running' }, after: { state: 'paused' } });
  });
});

it('whatever else differs in a rollout is not passed over', () => {
  const other = structuredClone(running);
  other.rollouts['main-1']!.monitoring.max_error_rate = 50;
  expect(words(running, other)).toEqual(['main 1.0.0 → 1.1.0 for 25 % of KR, as before; its monitoring changed']);
});
