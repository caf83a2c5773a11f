/** What the host hands to a unit when it mounts it. */
export interface UnitContext {
  reportError(error: unknown): void;
  /** 0 (bad) to 100 (good). */
  reportFeedback(score: number): void;
  version: string;
}

/** The module every unit of this shop exposes as `./unit`. */
export interface UnitModule {
  /** Returns a function which takes the unit off the page again. */
  mount(element: HTMLElement, context: UnitContext): () => void;
}
