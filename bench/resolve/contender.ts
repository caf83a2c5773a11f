import type { BenchVisitor } from './work.ts';

/** One who does the work: how it wants to be told of a visitor, and its answer, the serialised manifest. */
export type Contender<Context = unknown> = {
  /** Made beforehand, so that nobody pays for the shape in which another wants it. */
  contextOf: (visitor: BenchVisitor) => Context;
  /** What is measured. A promise is awaited before the next visitor is asked about. */
  answer(context: Context): string | Promise<string>;
  isAsync?: boolean;
  /** The floor decides nothing, so there is nothing to check. */
  decidesNothing?: boolean;
};

/** Each module in `contenders/` exports one of these as `make`. */
export type MakeContender = () => Contender<never> | Promise<Contender<never>>;

/** In the order of the table; the package is what its version is read from. */
export const CONTENDERS: readonly { name: string; title: string; package?: string; isPeer: boolean }[] = [
  { name: 'floor', title: 'floor', isPeer: false },
  { name: 'concierge', title: 'Concierge', isPeer: false },
  { name: 'unleash-core', title: "Unleash's core", package: 'unleash-client', isPeer: true },
  { name: 'unleash-sdk', title: 'Unleash', package: 'unleash-client', isPeer: true },
  { name: 'flagd', title: 'flagd', package: '@openfeature/flagd-core', isPeer: true },
  { name: 'growthbook', title: 'GrowthBook', package: '@growthbook/growthbook', isPeer: true },
  { name: 'launchdarkly', title: 'LaunchDarkly', package: '@launchdarkly/node-server-sdk', isPeer: true },
];
