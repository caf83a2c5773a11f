import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEngineClient, expectAnswer } from '#cli/engine-client.ts';
import { EXIT, type Failure } from '#cli/failure.ts';
import { problem } from '#schemas/problem.ts';
import { PLACE } from '../support/fixtures.ts';

type Answer = { status: number; body: string } | 'hang up';

/** A server that answers as told, one after another (the last again and again), and remembers what it was asked. */
async function answering(...answers: Answer[]) {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)]!;
    asked.push(request);
    request.resume().on('end', () => {
      if (answer === 'hang up') request.socket.destroy();
      else response.writeHead(answer.status).end(answer.body);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { asked, api: createEngineClient({ url: `http://127.0.0.1:${port}`, token: 't' }) };
}

const OK: Answer = { status: 200, body: '{"summary":"done"}' };
const promote = ({ api }: Awaited<ReturnType<typeof answering>>) =>
  expectAnswer(
    api.v1.apartments[':apartment'].environments[':environment'].rollouts[':rollout'].promote.$post({
      param: { ...PLACE, rollout: 'main-1' },
      header: {},
      json: { to: 'next-step' },
    }),
  );
const makeToken = ({ api }: Awaited<ReturnType<typeof answering>>) =>
  expectAnswer(api.v1.tokens.$post({ json: { name: 'ci', scope: { role: 'viewer' } } }));

const failure = (work: Promise<unknown>): Promise<Failure> =>
  work.then(
    () => expect.unreachable(),
    (error: unknown) => error as Failure,
  );

describe('a name that is part of the path', () => {
  const promoteOf = ({ api }: Awaited<ReturnType<typeof answering>>, rollout: string) =>
    api.v1.apartments[':apartment'].environments[':environment'].rollouts[':rollout'].promote.$post({
      param: { ...PLACE, rollout },
      header: {},
      json: { to: 'next-step' },
    });

  it.each([
    ['../overrides/qa', '..%2Foverrides%2Fqa'],
    ['a?b#c', 'a%3Fb%23c'],
    ['main@1.0.0-rc.1', 'main%401.0.0-rc.1'],
  ])('%s asks for nothing else', async (name, asked) => {
    const engine = await answering(OK);
    await promoteOf(engine, name);
    expect(engine.asked[0]!.url).toBe(`/v1/apartments/shop/environments/production/rollouts/${asked}/promote`);
  });

  it.each(['', '.', '..'])('%j is refused before anything is asked', async (name) => {
    const engine = await answering(OK);
    expect(await failure((async () => promoteOf(engine, name))())).toMatchObject({
      exitCode: EXIT.usage,
      message: `"${name}" is no rollout.`,
    });
    expect(engine.asked).toEqual([]);
  });
});

describe('when an answer is lost', () => {
  it('the very same request is sent again', async () => {
    const engine = await answering('hang up', { status: 503, body: '' }, OK);
    expect(await promote(engine)).toEqual({ summary: 'done' });
    const keys = engine.asked.map((request) => request.headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(engine.asked[0]!.headers.authorization).toBe('Bearer t');
  });

  it('another command is another request', async () => {
    const engine = await answering(OK);
    await promote(engine);
    await promote(engine);
    expect(engine.asked[0]!.headers['idempotency-key']).not.toBe(engine.asked[1]!.headers['idempotency-key']);
  });

  it('a token is not made a second time', async () => {
    const engine = await answering('hang up', OK);
    const told = await failure(makeToken(engine));
    expect(told).toMatchObject({ exitCode: EXIT.unreachable, code: 'unreachable', message: expect.stringContaining('npm start') });
    expect(engine.asked).toHaveLength(1);
  });
});

const BUSY = problem('unavailable', '2 simulations are under way or waiting already. Try again in a minute.');

it.each<[string, Answer, number, string]>([
  ['a page of something else', { status: 200, body: '<html>' }, EXIT.refused, 'is no Concierge engine'],
  ['a refusal that is no problem+json', { status: 418, body: 'tea' }, EXIT.refused, 'is no Concierge engine'],
  ['an engine that says why it cannot', { status: 503, body: JSON.stringify(BUSY) }, EXIT.refused, BUSY.detail],
  ['a proxy that has no engine behind it', { status: 503, body: '<html>' }, EXIT.unreachable, 'cannot answer: 503'],
])('%s is told as what it is', { timeout: 15_000 }, async (_, answer, exitCode, message) => {
  const told = await failure(promote(await answering(answer)));
  expect(told).toMatchObject({ exitCode });
  expect(told.message).toContain(message);
});
