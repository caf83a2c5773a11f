import type { Document } from '#schemas/document.ts';
import type { StartForm } from './start-form.ts';

const hasAny = (record: object): boolean => Object.keys(record).length > 0;

/** Whether a field is in the form as it is filled in now. */
export function isShown(field: string, form: StartForm, { segments, flags }: Document): boolean {
  const { strategy } = form;
  if (field.startsWith('variants.')) return strategy === 'ab_test' && form.variants[Number(field.split('.')[1])] !== undefined;
  if (field.startsWith('units.')) return strategy !== 'ab_test' && form.units[Number(field.split('.')[1])] !== undefined;
  if (field.startsWith('each_step.')) return strategy === 'canary' || (strategy === 'gradual' && form.growth === 'list');
  if (field.startsWith('metrics.')) return form.metrics[Number(field.split('.')[1])] !== undefined;
  switch (field) {
    case 'units':
      return strategy !== 'ab_test';
    case 'steps':
      return strategy !== 'immediate' && !(strategy === 'gradual' && form.growth === 'ramp');
    case 'ramp_from':
    case 'ramp_count':
      return strategy === 'gradual' && form.growth === 'ramp';
    case 'follow_up':
      return strategy === 'canary';
    case 'variants':
    case 'goal':
    case 'horizon_minutes':
    case 'min_difference':
    case 'promote_winner':
      return strategy === 'ab_test';
    case 'horizon_visitors':
      return strategy === 'ab_test' && form.horizon === 'fixed';
    case 'exclude':
      return form.promotion === 'evidence';
    case 'segments':
    case 'compared_segments':
      return hasAny(segments);
    case 'flags':
      return hasAny(flags);
    default:
      return true;
  }
}
