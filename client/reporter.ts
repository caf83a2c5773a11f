import type { BeaconEvent } from '#schemas/beacon.ts';

export type ReporterOptions = {
  edge: string;
  /** The ticket of the manifest in use; null: the visitor is in no rollout and nothing needs reporting. */
  ticket: () => string | null;
};

export type Reporter = {
  report: (event: BeaconEvent) => void;
  /** Sends what waits, now. */
  flush: () => void;
};

const GATHER_MS = 1_000;
const URGENT_MS = 50;
const MAX_EVENTS = 50;
const MAX_MESSAGE = 500;

/** Gathers health events for a moment and sends them in a beacon that survives the page; trouble goes out at once. */
export function createReporter({ edge, ticket }: ReporterOptions): Reporter {
  const url = `${edge.replace(/\/$/, '')}/beacons`;
  const told = new Set<string>();
  let waiting: BeaconEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let timerIsUrgent = false;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const proof = ticket();
    const events = waiting.splice(0);
    if (!proof) return;
    for (let start = 0; start < events.length; start += MAX_EVENTS) {
      send(url, JSON.stringify({ ticket: proof, events: events.slice(start, start + MAX_EVENTS) }));
    }
  }

  if (typeof document !== 'undefined') {
    // The last moment at which a page is sure to be asked, on phones too.
    document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && flush());
    addEventListener('pagehide', flush);
  }

  return {
    report(event) {
      // A visitor counts once for each kind; feedback may change its mind until it is sent.
      const kind = `${event.kind} ${event.building}`;
      if (event.kind === 'feedback') waiting = waiting.filter((other) => `${other.kind} ${other.building}` !== kind);
      else if (told.has(kind)) return;
      told.add(kind);
      waiting.push('message' in event && event.message ? { ...event, message: event.message.slice(0, MAX_MESSAGE) } : event);
      const urgent = event.kind === 'error' || event.kind === 'load_failed';
      if (timer !== undefined && (timerIsUrgent || !urgent)) return;
      clearTimeout(timer);
      timerIsUrgent = urgent;
      timer = setTimeout(flush, urgent ? URGENT_MS : GATHER_MS);
    },
    flush,
  };
}

/** A string body is text/plain, which asks no preflight. */
function send(url: string, body: string): void {
  if (typeof navigator !== 'undefined' && navigator.sendBeacon?.(url, body)) return;
  void fetch(url, { method: 'POST', body, keepalive: true, credentials: 'include' }).catch(() => undefined);
}
