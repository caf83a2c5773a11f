import { logSampleRatio } from '../../engine/domain/evidence/sample-ratio.ts';
import { keyHash } from '../../resolver/bucket.ts';
import { createRandom } from '../../engine/simulator/random.ts';
import { RolloutPlan } from '../../schemas/rollout.ts';
import { VISITORS_PER_MINUTE } from './experiments.ts';

/** Steps of ten minutes, looked at every 5 s. */
const SHARES = [0.05, 0.25, 0.5];
const STEP_LOOKS = 120;
const PER_LOOK = (VISITORS_PER_MINUTE * 10) / STEP_LOOKS;
const { sample_ratio_alpha: alpha } = RolloutPlan.parse({ units: ['main@2.0.0'] }).analysis;

/** Whether the sample ratio of a rollout whose visitors come as they should is ever taken for a mismatch. */
export function isFalseAlarm(seed: number, number: number): boolean {
  const random = createRandom(seed ^ keyHash('false alarms'), number);
  const strata = SHARES.map((share) => ({ share, arm: 0, control: 0 }));
  for (const [step, share] of SHARES.entries()) {
    for (let look = 0; look < STEP_LOOKS; look++) {
      strata[step]!.arm += random.poisson(PER_LOOK * share);
      strata[step]!.control += random.poisson(PER_LOOK * (1 - share));
      if (logSampleRatio(strata.slice(0, step + 1)) >= -Math.log(alpha)) return true;
    }
  }
  return false;
}
