import type { RolloutStrategy } from '#schemas/rollout.ts';
import { RadioChoice } from '../fields/radio-choice.tsx';

const STRATEGIES: Record<RolloutStrategy, [name: string, words: string]> = {
  gradual: ['Gradual', 'step by step, only while healthy'],
  canary: ['Canary', 'a small share first, then as you say'],
  ab_test: ['A/B test', 'variants beside each other, by a goal'],
  immediate: ['Immediate', 'everyone at once, then watched'],
};

export const StrategyChoice = (props: { value: RolloutStrategy; onChange: (value: RolloutStrategy) => void }) => (
  <RadioChoice name="strategy" label="Strategy" options={STRATEGIES} {...props} />
);
