import { Command, CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { addCompatible } from './commands/compatible.ts';
import { addEnvironment } from './commands/environment.ts';
import { addHistory } from './commands/history.ts';
import { addBootstrap, addOffline } from './commands/offline.ts';
import { addPolicy } from './commands/policy.ts';
import { addPromote } from './commands/promote.ts';
import { addPublish } from './commands/publish.ts';
import { addRelease } from './commands/release.ts';
import { addRollout } from './commands/rollout.ts';
import { addRoute } from './commands/route.ts';
import { addSimulate } from './commands/simulate.ts';
import { addStores } from './commands/stores.ts';
import { addTargeting } from './commands/targeting.ts';
import { addToken } from './commands/token.ts';
import { addUnits } from './commands/units.ts';
import { addWhere } from './commands/where.ts';
import { EXIT, Failure } from './failure.ts';

const asJson = process.argv.includes('--json');

const program = new Command('concierge')
  .description('Progressive delivery for front-end modules.')
  .version(packageJson.version)
  .enablePositionalOptions()
  .option('--url <url>', 'the engine (CONCIERGE_URL; default: the local one)')
  .option('--token <token>', "who you are (CONCIERGE_TOKEN; default: the local one's)")
  .option('--data <folder>', 'where the local engine keeps its data (CONCIERGE_DATA; default: data)')
  .option('-a, --apartment <name>', 'the apartment (CONCIERGE_APARTMENT; default: the only one)')
  .option('-e, --environment <name>', 'the environment (CONCIERGE_ENVIRONMENT; default: the only one)')
  .option('--json', 'print JSON for programs')
  .addHelpText('after', '\nExit codes: 0 done, 1 refused, 2 wrong usage, 3 the engine cannot be reached.')
  .showHelpAfterError('(see --help)')
  .configureOutput({ writeErr: (text) => void (asJson || process.stderr.write(text)) })
  .exitOverride();

for (const add of [
  addBootstrap,
  addCompatible,
  addEnvironment,
  addHistory,
  addOffline,
  addPublish,
  addRollout,
  addPromote,
  addRelease,
  addWhere,
  addPolicy,
  addSimulate,
  addTargeting,
  addRoute,
  addStores,
  addUnits,
  addToken,
])
  add(program);
shareGlobals(program);

/** Global options may stand anywhere on the line, where people put them. */
function shareGlobals(command: Command): void {
  for (const child of command.commands) {
    for (const option of program.options) {
      const taken = child.options.some((own) => own.long === option.long || (own.short !== undefined && own.short === option.short));
      if (!taken && option.long !== '--version') child.addOption(option);
    }
    child.exitOverride();
    shareGlobals(child);
  }
}

const printJson = (value: unknown): void => void process.stderr.write(`${JSON.stringify(value)}\n`);

const usageWords = ({ code, message }: CommanderError): string =>
  code === 'commander.help' ? 'Say which command; --help lists them.' : message.replace(/^error: /, '');

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : EXIT.usage; // it has printed what is wrong, unless as JSON
    if (asJson && error.exitCode !== 0) printJson({ detail: usageWords(error), code: 'usage' });
  } else if (error instanceof Failure) {
    if (asJson) printJson(error.problem ?? { detail: error.message, code: error.code });
    else process.stderr.write(`concierge: ${error.message}\n`);
    process.exitCode = error.exitCode;
  } else {
    throw error;
  }
}
