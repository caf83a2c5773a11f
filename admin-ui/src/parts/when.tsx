import { formatFull, formatWhen } from '../words/format.ts';

export const When = ({ at }: { at: number }) => (
  <time dateTime={new Date(at).toISOString()} title={formatFull(at)}>
    {formatWhen(at, Date.now())}
  </time>
);
