/** Google's web vitals, as near as a few lines come to the `web-vitals` library. Times in milliseconds. */
export type Vital = 'lcp' | 'inp' | 'cls';

type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean };
type Interaction = PerformanceEntry & { interactionId?: number };

const SESSION_GAP_MS = 1_000;
const SESSION_MS = 5_000;
/** Events faster than this are not told; none is slower by much where there are none. */
const SLOW_EVENT_MS = 40;
/** One in so many interactions may be slower than the one that counts. */
const INTERACTIONS_FORGIVEN = 50;
const LONGEST_KEPT = 10;

/**
 * Watches the page and tells each vital once, when the page is hidden for the first time. What the browser cannot measure is
 * not told, and nothing is of a page that began hidden: its times say nothing of what anybody saw.
 */
export function watchVitals(tell: (vital: Vital, value: number) => void): void {
  if (typeof PerformanceObserver === 'undefined' || typeof document === 'undefined' || document.visibilityState === 'hidden') return;
  const measures = [largestPaint(), layoutShift(), slowInteraction()];
  let isTold = false;
  const finish = (): void => {
    if (isTold) return;
    isTold = true;
    for (const { vital, value } of measures) {
      const measured = value();
      if (measured !== undefined) tell(vital, measured);
    }
  };
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && finish());
  addEventListener('pagehide', finish);
}

type Measure = { vital: Vital; value: () => number | undefined };

/** Hands over entries as they come; `drain` gets those that the browser still holds and stops. Undefined: it knows no such type. */
function observe(type: string, take: (entry: PerformanceEntry) => void, more: object = {}): { drain: () => void } | undefined {
  try {
    if (!PerformanceObserver.supportedEntryTypes.includes(type)) return undefined;
    const observer = new PerformanceObserver((list) => list.getEntries().forEach(take));
    observer.observe({ type, buffered: true, ...more });
    return {
      drain() {
        observer.takeRecords().forEach(take);
        observer.disconnect();
      },
    };
  } catch {
    return undefined; // it says that it knows the type, and does not take its options
  }
}

/** The last candidate, counted from when a page that was prepared ahead was shown. The browser stops at the first input. */
function largestPaint(): Measure {
  let last: number | undefined;
  const observer = observe('largest-contentful-paint', ({ startTime }) => {
    const [navigation] = performance.getEntriesByType('navigation') as (PerformanceEntry & { activationStart?: number })[];
    last = Math.max(0, startTime - (navigation?.activationStart ?? 0));
  });
  return { vital: 'lcp', value: () => (observer?.drain(), last) };
}

/** The largest sum of a session: shifts less than a second apart, five seconds at most. */
function layoutShift(): Measure {
  let largest = 0;
  let session = 0;
  let began = 0;
  let latest = Number.NEGATIVE_INFINITY;
  const observer = observe('layout-shift', (entry) => {
    const { startTime, value, hadRecentInput } = entry as Shift;
    if (hadRecentInput) return;
    if (startTime - latest >= SESSION_GAP_MS || startTime - began >= SESSION_MS) {
      session = 0;
      began = startTime;
    }
    latest = startTime;
    session += value;
    largest = Math.max(largest, session);
  });
  return { vital: 'cls', value: () => (observer ? (observer.drain(), largest) : undefined) };
}

/** The slowest interaction, of every 50 one left out: the 98th percentile. Interactions are counted where the browser does not. */
function slowInteraction(): Measure {
  /** The longest event of each of the slowest interactions. */
  const longest = new Map<number, number>();
  const ids = new Set<number>();
  const take = (entry: PerformanceEntry): void => {
    const { interactionId, duration } = entry as Interaction;
    if (!interactionId) return;
    ids.add(interactionId);
    longest.set(interactionId, Math.max(longest.get(interactionId) ?? 0, duration));
    if (longest.size > LONGEST_KEPT) longest.delete([...longest].reduce((least, one) => (one[1] < least[1] ? one : least))[0]);
  };
  const observers = [observe('event', take, { durationThreshold: SLOW_EVENT_MS }), observe('first-input', take)];
  return {
    vital: 'inp',
    value() {
      for (const observer of observers) observer?.drain();
      const slowest = [...longest.values()].toSorted((a, b) => b - a);
      const count = (performance as { interactionCount?: number }).interactionCount ?? ids.size;
      return slowest[Math.min(slowest.length - 1, Math.floor(count / INTERACTIONS_FORGIVEN))];
    },
  };
}
