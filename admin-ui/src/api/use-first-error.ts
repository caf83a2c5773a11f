import type { UseQueryResult } from '@tanstack/react-query';
import { useRef } from 'react';

/** Why a query has never had data. Kept over the retries, so that the page does not flicker between error and loading. */
export function useFirstError({ data, error }: Pick<UseQueryResult<unknown>, 'data' | 'error'>): Error | null {
  const last = useRef<Error | null>(null);
  if (data !== undefined) last.current = null;
  else if (error) last.current = error;
  return last.current;
}
