import type { BeaconEvent } from '#schemas/beacon.ts';
import { soundEvent } from './sound-event.ts';

/** What the visitor was given: a unit, and the ticket that came with it. A null ticket: in no rollout, so nothing needs reporting. */
export type Exposure = { unit: string; ticket: string | null };

export type Reporter = {
  /** Takes an event of the unit that the visitor was given; it counts under that unit's ticket, whenever it is sent. */
  report: (event: BeaconEvent, exposure: Exposure) => void;
  /** Sends what waits, now. */
  flush: () => void;
};

type Waiting = { event: BeaconEvent; ticket: string; key: string };

const GATHER_MS = 1_000;
const URGENT_MS = 50;
const MAX_EVENTS = 50;

/** Gathers health events for a moment and sends them in beacons that survive the page, one for each ticket; trouble goes out at once. */
export function createReporter({ edge }: { edge: string }): Reporter {
  const url = `${edge.replace(/\/$/, '')}/beacons`;
  const told = new Set<string>();
  let waiting: Waiting[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let timerIsUrgent = false;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const [ticket, events] of byTicket(waiting.splice(0))) {
      for (let start = 0; start < events.length; start += MAX_EVENTS) {
        send(url, JSON.stringify({ ticket, events: events.slice(start, start + MAX_EVENTS) }));
      }
    }
  }

  if (typeof document !== 'undefined') {
    // The last moment at which a page is sure to be asked, on phones too.
    document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && flush());
    addEventListener('pagehide', flush);
  }

  return {
    report(reported, { unit, ticket }) {
      const event = soundEvent(reported);
      if (!event || ticket === null) return;
      // A visitor counts once for each kind; feedback may change its mind until it is sent.
      const key = [event.kind, event.building, unit, ticket].join(' ');
      if (event.kind === 'feedback') waiting = waiting.filter((other) => other.key !== key);
      else if (told.has(key)) return;
      told.add(key);
      waiting.push({ event, ticket, key });
      const urgent = event.kind === 'error' || event.kind === 'load_failed';
      if (timer !== undefined && (timerIsUrgent || !urgent)) return;
      clearTimeout(timer);
      timerIsUrgent = urgent;
      timer = setTimeout(flush, urgent ? URGENT_MS : GATHER_MS);
    },
    flush,
  };
}

/** In the order of their first events. Map.groupBy would do it, but browsers of our visitors lack it. */
function byTicket(entries: readonly Waiting[]): Map<string, BeaconEvent[]> {
  const groups = new Map<string, BeaconEvent[]>();
  for (const { ticket, event } of entries) groups.set(ticket, [...(groups.get(ticket) ?? []), event]);
  return groups;
}

/** A string body is text/plain, which asks no preflight. */
function send(url: string, body: string): void {
  if (typeof navigator !== 'undefined' && navigator.sendBeacon?.(url, body)) return;
  void fetch(url, { method: 'POST', body, keepalive: true, credentials: 'include' }).catch(() => undefined);
}
