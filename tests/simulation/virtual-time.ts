/** What happens at a moment. */
type Event = { at: number; serial: number; run: () => void };

export type VirtualTime = ReturnType<typeof createVirtualTime>;

/**
 * A clock that only events move. Whatever waits in the simulation waits here, so that the order of everything is a matter of
 * the seed. Times are epoch ms; events of the same moment happen in the order in which they were asked for.
 */
export function createVirtualTime(start: number) {
  const heap: Event[] = [];
  let now = start;
  let serial = 0;

  const isBefore = (one: Event, other: Event): boolean => one.at < other.at || (one.at === other.at && one.serial < other.serial);

  function push(event: Event): void {
    let index = heap.push(event) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (!isBefore(event, heap[above]!)) break;
      heap[index] = heap[above]!;
      index = above;
    }
    heap[index] = event;
  }

  function pop(): Event | undefined {
    const [top] = heap;
    const last = heap.pop();
    if (heap.length === 0 || !last) return top;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++;
      if (!isBefore(heap[below]!, last)) break;
      heap[index] = heap[below]!;
      index = below;
    }
    heap[index] = last;
    return top;
  }

  return {
    now: (): number => now,

    after(delayMs: number, run: () => void): void {
      push({ at: now + Math.max(0, Math.round(delayMs)), serial: serial++, run });
    },

    sleep(delayMs: number): Promise<void> {
      return new Promise((done) => this.after(delayMs, done));
    },

    /** Lets the next event happen, and all that it causes until everything waits again. False: nothing is left to happen. */
    async step(): Promise<boolean> {
      const event = pop();
      if (!event) return false;
      now = event.at;
      event.run();
      await new Promise((done) => setImmediate(done)); // microtasks, all of them
      return true;
    },
  };
}
