import { counted } from '#schemas/counted.ts';
import type { RolloutView } from '#schemas/rollout-view.ts';
import { goalValueWords } from '#schemas/test-words.ts';
import { RadioChoice } from '../fields/radio-choice.tsx';
import { armUnits, variantNames } from '../words/rollout-words.ts';

type VariantChoiceProps = { view: RolloutView; value: string | undefined; onChange: (variant: string) => void };

/** Which variant everyone is to get: the proposed one is chosen already. */
export function VariantChoice({ view: { rollout, verdict }, value, onChange }: VariantChoiceProps) {
  const result = rollout.proposal?.result ?? verdict?.test;
  const errorsOf = (name: string): string => {
    const { failed_visitors: failed = 0, visitors = 0 } = verdict?.observed.arms[name] ?? {};
    return failed === 0 ? '' : `, ${failed} of ${counted(visitors, 'visitor')} with an error`;
  };
  const wordsOf = (name: string): string => {
    const found = result?.variants.find(({ variant }) => variant === name);
    const reached = result && found && found.value !== null ? `, ${goalValueWords(result.goal, found.value)}` : '';
    return `${armUnits(rollout, name).join(', ')}${reached}${errorsOf(name)}${rollout.proposal?.variant === name ? ' · proposed' : ''}`;
  };
  return (
    <>
      <p>{rollout.proposal ? rollout.proposal.result.message : (result?.message ?? 'The test is not decided yet.')}</p>
      <RadioChoice
        name="variant"
        label="Everyone gets"
        options={Object.fromEntries(variantNames(rollout).map((name) => [name, [name, wordsOf(name)]])) as Record<string, [string, string]>}
        value={value ?? ''}
        onChange={onChange}
      />
    </>
  );
}
