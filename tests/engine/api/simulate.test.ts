import { describe, expect, it } from 'vitest';
import { createSimulationRunner } from '#engine/api/simulation/run-simulation.ts';
import { SCENARIO_NAMES, SimulateRequest, type SimulateRequestInput, Simulation } from '#schemas/simulation.ts';
import { testApi } from '../../support/api.ts';

const PLAN: SimulateRequestInput['plan'] = { units: ['main@2.0.0'], steps: [50, 100], duration: 3, analysis: { promotion: 'limits' } };
const small = (body: Partial<SimulateRequestInput> = {}): SimulateRequestInput => ({
  plan: PLAN,
  runs: 3,
  tick_seconds: 60,
  visitors_per_minute: 100,
  relative_risks: [50],
  ...body,
});

describe('POST /v1/simulate', () => {
  it('answers what came of the runs, the same for the same seed', async () => {
    const api = await testApi();
    const ask = () => api.request('POST', '/v1/simulate', { body: small() });
    const { status, body } = await ask();
    expect(status).toBe(200);
    const simulation = Simulation.parse(body);
    expect(simulation).toMatchObject({ planned_minutes: 6, horizon_minutes: 60, complete: true });
    expect(simulation.runs.runs).toBe(3);
    expect(simulation.catches).toMatchObject([{ relative_risk: 50, runs: { runs: 3, ends: { 'rolled-back': 3 } } }]);
    expect((await ask()).body).toEqual(body);
  });

  it('names the scenarios that there are to whoever asks for another', async () => {
    const { body } = await (await testApi()).request('POST', '/v1/simulate', { body: { ...small(), scenario: 'sunny' } });
    expect(body.errors).toEqual([{ path: '/scenario', message: `is none of ${SCENARIO_NAMES.join(', ')}, nor a scenario of its own` }]);
  });

  it.each<[string, object, number, string[]]>([
    ['what is no plan', { ...small(), plan: { units: ['Main'] } }, 400, ['/plan/units/0']],
    ['a scenario that nobody knows', { ...small(), scenario: 'sunny' }, 400, ['/scenario']],
    [
      'a part of a scenario that nobody knows',
      { ...small(), scenario: { loss: { share: 5, side: 'left', of: 'reports' } } },
      400,
      ['/scenario/loss/side'],
    ],
    ['a field of a scenario that nobody knows', { ...small(), scenario: { drft: { errors: 2 } } }, 400, ['/scenario/drft']],
    ['a plan that could not be started', small({ plan: { ...PLAN, steps: [50] } }), 422, ['/steps/0']],
    ['two units for one building', small({ plan: { ...PLAN, units: ['main@2.0.0', 'main@3.0.0'] } }), 422, ['/units/1']],
    ['more looks than there is time for', small({ runs: 5_000, tick_seconds: 1 }), 422, ['/runs']],
    [
      'more visitors one by one than there is time for',
      small({ runs: 100, visitors_per_minute: 1_000_000, scenario: 'returning' }),
      422,
      ['/visitors_per_minute'],
    ],
  ])('refuses %s', async (_, body, status, paths) => {
    const answer = await (await testApi()).request('POST', '/v1/simulate', { body });
    expect(answer.status).toBe(status);
    expect((answer.body.errors ?? []).map(({ path }) => path)).toEqual(paths);
  });
});

describe('the thread that simulates', () => {
  const long = SimulateRequest.parse(small({ runs: 2_000, tick_seconds: 15, visitors_per_minute: 100_000, relative_risks: [] }));
  const nobodyLeaves = new AbortController().signal;

  it('leaves the engine free to do other things', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 5);
    await createSimulationRunner(400)(long, nobodyLeaves);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(20);
  });

  it('answers of what was done when its time is over', async () => {
    const { complete, runs } = await createSimulationRunner(200)(long, nobodyLeaves);
    expect(complete).toBe(false);
    expect(runs.runs).toBeLessThan(2_000);
  });

  it('is stopped when whoever asked is gone', async () => {
    const gone = new AbortController();
    const simulating = createSimulationRunner(60_000)(long, gone.signal);
    gone.abort();
    await expect(simulating).rejects.toThrow('Nobody waits');
  });

  it('does one request after another, and refuses what would wait too long', async () => {
    const run = createSimulationRunner(100);
    const tiny = SimulateRequest.parse(small({ runs: 1, relative_risks: [] }));
    const asked = Array.from({ length: 6 }, () =>
      run(tiny, nobodyLeaves).then(
        () => 'done',
        (error: Error) => error.message,
      ),
    );
    const answers = await Promise.all(asked);
    expect(answers.filter((answer) => answer === 'done')).toHaveLength(2);
    expect(answers.filter((answer) => answer.includes('Try again'))).toHaveLength(4);
    expect(await run(tiny, nobodyLeaves)).toMatchObject({ complete: true });
  });
});
