import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TICKET_LIFETIME_MS } from '#schemas/limits.ts';
import { NOW, snapshotOf, snapshotRollout } from '../support/fixtures.ts';
import { ALPHABET, expectUncounted, goodBody, ticketOf } from './beacon-support.ts';
import { sign } from './sign.ts';
import { problemOf, testEdge } from './support.ts';

const snapshot = await sign(snapshotOf([snapshotRollout({ percentage: 100 })]));

describe('a beacon is refused and counts nothing with', () => {
  it.each([
    { name: 'of another environment', of: { environment: 'staging' }, at: NOW, code: 'ticket-invalid' },
    { name: 'of an edge with other secrets', of: { secrets: ['a stranger'] }, at: NOW, code: 'ticket-invalid' },
    { name: 'that has just expired', of: {}, at: NOW + TICKET_LIFETIME_MS, code: 'ticket-expired' },
    { name: 'that expired long ago', of: {}, at: NOW + 9 * TICKET_LIFETIME_MS, code: 'ticket-expired' },
  ])('a ticket $name: 401 $code', async ({ of, at, code }) => {
    const environment = of.environment ?? 'production';
    const ticket = await ticketOf(testEdge({ ...of, snapshot: await sign({ ...snapshotOf([snapshotRollout()]), environment }) }));
    const edge = testEdge({ snapshot });
    edge.clock.set(at);
    const response = await edge.visitor().send(goodBody(ticket));
    expect(response.status).toBe(401);
    expect((await problemOf(response)).code).toBe(code);
    await expectUncounted(edge);
  });

  it('a cookie in place of the ticket: 401', async () => {
    const edge = testEdge({ snapshot });
    const visitor = edge.visitor();
    await visitor.manifest();
    expect((await visitor.send(goodBody(visitor.cookie!.split('=')[1]!))).status).toBe(401);
    await expectUncounted(edge);
  });
});

describe('a ticket', () => {
  it('is good until the last moment of its time', async () => {
    const edge = testEdge({ snapshot });
    const ticket = await ticketOf(edge);
    edge.clock.set(NOW + TICKET_LIFETIME_MS - 1);
    expect((await edge.visitor().send(goodBody(ticket))).status).toBe(202);
  });

  it('is refused when any character of it is changed, left out or put in', async () => {
    const edge = testEdge({ snapshot });
    const good = await ticketOf(edge);
    const character = fc.constantFrom(...ALPHABET, '.', '=', '+', '/', ' ');
    const place = fc.oneof(fc.nat(good.length - 1), fc.integer({ min: good.length - 4, max: good.length - 1 }));
    await fc.assert(
      fc.asyncProperty(place, character, fc.constantFrom('change', 'leave-out', 'put-in'), async (at, other, how) => {
        const ticket =
          how === 'put-in'
            ? good.slice(0, at) + other + good.slice(at)
            : good.slice(0, at) + (how === 'change' ? other : '') + good.slice(at + 1);
        fc.pre(ticket !== good);
        expect((await edge.visitor().send(goodBody(ticket))).status).toBe(401);
      }),
      { numRuns: 500 },
    );
    await expectUncounted(edge);
  });

  it('is refused when its last character, which carries few bits, is any other', async () => {
    const edge = testEdge({ snapshot });
    const good = await ticketOf(edge);
    const accepted: string[] = [];
    for (const last of ALPHABET) {
      const response = await edge.visitor().send(goodBody(good.slice(0, -1) + last));
      if (response.status !== 401) accepted.push(last);
    }
    expect(accepted).toEqual([good.at(-1)]);
  });
});
