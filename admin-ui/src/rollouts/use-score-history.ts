import { useEffect, useState } from 'react';

export type ScorePoint = { at: number; value: number };

/** About five minutes of polling. */
const POINTS_KEPT = 300;

/** The scores seen since the component mounted, oldest first. */
export function useScoreHistory(at: number, value: number | null): readonly ScorePoint[] {
  const [points, setPoints] = useState<readonly ScorePoint[]>([]);
  useEffect(() => {
    if (value === null) return;
    setPoints((before) => ((before.at(-1)?.at ?? 0) < at ? [...before.slice(1 - POINTS_KEPT), { at, value }] : before));
  }, [at, value]);
  return points;
}
