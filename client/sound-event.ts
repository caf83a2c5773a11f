import type { BeaconEvent } from '#schemas/beacon.ts';

/** As `Name` in schemas has it; the client brings no validator along. */
const NAME = /^[a-z][a-z0-9-]{0,62}$/;
const RESERVED = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);
const MAX_TIME_MS = 600_000;
const MAX_FEEDBACK = 100;
const MAX_SHIFT = 1_000;
const MAX_WORTH = 1e9;
const MAX_MESSAGE = 500;

const isName = (text: string): boolean => NAME.test(text) && !RESERVED.has(text);

/**
 * The event as the edge takes it, or null where that would take inventing something: one bad event costs a beacon its good ones.
 * What is too long is cut, a score beyond the scale is its end; no number, or a time below zero, says nothing.
 */
export function soundEvent(event: BeaconEvent): BeaconEvent | null {
  if (!isName(event.building)) return null;
  switch (event.kind) {
    case 'latency':
    case 'lcp':
    case 'inp':
      return event.value >= 0 ? within(event, 0, MAX_TIME_MS) : null;
    case 'cls':
      return event.value >= 0 ? within(event, 0, MAX_SHIFT) : null;
    case 'feedback':
      return within(event, 0, MAX_FEEDBACK);
    case 'goal':
      return within(event, -MAX_WORTH, MAX_WORTH);
    case 'error':
    case 'load_failed':
      return event.message ? { ...event, message: event.message.slice(0, MAX_MESSAGE) } : event;
    default:
      return event;
  }
}

const within = <Event extends BeaconEvent & { value: number }>(event: Event, least: number, most: number): Event | null =>
  Number.isFinite(event.value) ? { ...event, value: Math.min(most, Math.max(least, event.value)) } : null;
