import type { Command } from 'commander';
import { type EngineClient, createEngineClient, expectAnswer } from './engine-client.ts';
import { refused } from './failure.ts';
import { type GlobalOptions, findSettings } from './settings.ts';

export type Place = { apartment: string; environment: string };

/** What a command works with. */
export type Context = {
  api: EngineClient;
  options: GlobalOptions;
  /** Prints the value as JSON with --json, else the text for people. */
  print: (value: unknown, text: string) => void;
  /** Tells on the error stream, in the same form, what does not keep the command from being done. */
  warn: (warning: string) => void;
  /** Tells people on the error stream what was understood; programs read it in the answer. */
  note: (text: string) => void;
  /** The apartment and environment meant: named, or the only ones there are. */
  place: () => Promise<Place>;
  /** What was named by option or variable; undefined: nothing was. */
  named: { apartment: string | undefined; environment: string | undefined };
  apartment: () => Promise<string>;
};

const namesOf = (places: readonly Place[]): string => places.map((one) => `${one.apartment}/${one.environment}`).join(', ');

function noneFits(places: readonly Place[], apartment: string | undefined, environment: string | undefined): string {
  if (places.length === 0) return 'There is no environment yet. Make one with "concierge environment create <apartment> <environment>".';
  const wanted = [environment && `called ${environment}`, apartment && `of ${apartment}`].filter(Boolean).join(' ');
  return `There is no environment ${wanted} that the token can see. There is: ${namesOf(places)}.`;
}

/** What every command can be told, for those that ask no engine. */
export function contextOptions(command: Command): GlobalOptions & { data: string } {
  const options = command.optsWithGlobals<GlobalOptions>();
  return { ...options, data: options.data ?? process.env.CONCIERGE_DATA ?? 'data' };
}

/** Tells what an answer warns of. */
export function warnOf(context: Pick<Context, 'warn'>, { warnings = [] }: { warnings?: { message: string }[] }): void {
  for (const { message } of warnings) context.warn(`warning: ${message}`);
}

export function contextOf(command: Command): Context {
  const options = command.optsWithGlobals<GlobalOptions>();
  const api = createEngineClient(findSettings(options));
  const apartment = options.apartment ?? process.env.CONCIERGE_APARTMENT;
  const environment = options.environment ?? process.env.CONCIERGE_ENVIRONMENT;

  async function place(): Promise<Place> {
    if (apartment && environment) return { apartment, environment };
    const { environments } = await expectAnswer(api.v1.environments.$get());
    const fitting = environments.filter(
      (one) => (!apartment || one.apartment === apartment) && (!environment || one.environment === environment),
    );
    if (fitting.length === 0) return refused(noneFits(environments, apartment, environment), 'not-found');
    if (fitting.length > 1) return refused(`Say which with --apartment and --environment: ${namesOf(fitting)}.`, 'ambiguous');
    return { apartment: fitting[0]!.apartment, environment: fitting[0]!.environment };
  }

  /** What needs no environment asks for none, however many there are. */
  async function onlyApartment(): Promise<string> {
    const { environments } = await expectAnswer(api.v1.environments.$get());
    const names = [...new Set(environments.filter((one) => !environment || one.environment === environment).map((one) => one.apartment))];
    const [name] = names;
    if (name === undefined) return refused(noneFits(environments, undefined, environment), 'not-found');
    if (names.length > 1) return refused(`Say which with --apartment: ${names.join(', ')}.`, 'ambiguous');
    return name;
  }

  return {
    api,
    options,
    print: (value, text) => process.stdout.write(options.json ? `${JSON.stringify(value)}\n` : `${text}\n`),
    warn: (warning) => process.stderr.write(options.json ? `${JSON.stringify({ warning })}\n` : `concierge: ${warning}\n`),
    note: (text) => void (options.json || process.stderr.write(`concierge: ${text}\n`)),
    place,
    named: { apartment, environment },
    apartment: async () => apartment ?? (await onlyApartment()),
  };
}
