import { counted } from './counted.ts';
import type { Override } from './document.ts';

/** Whom an override is for: `2 visitors, segment staff or press, whoever has its preview link`. */
export const whomWords = ({ visitors, segments, preview_digest: digest }: Override): string =>
  [
    visitors.length > 0 ? counted(visitors.length, 'visitor') : '',
    segments.length > 0 ? `segment ${segments.join(' or ')}` : '',
    digest === undefined ? '' : 'whoever has its preview link',
  ]
    .filter((whom) => whom !== '')
    .join(', ') || 'nobody';
