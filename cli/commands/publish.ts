import { type Command, Option } from 'commander';
import { Framework, UnitStatus } from '#schemas/unit.ts';
import { type Context, contextOf, warnOf } from '../context.ts';
import { describeUnit } from '../describe-unit.ts';
import { expectAnswer } from '../engine-client.ts';
import { Failure, refused } from '../failure.ts';
import { type OptionPlace, refusalWords } from '../option-faults.ts';
import { collectPairs, collectRanges } from '../parse-options.ts';

type PublishOptions = {
  building: string;
  version: string;
  name?: string;
  at?: string;
  framework: (typeof Framework.options)[number];
  wasmUrl?: string;
  dependency: Record<string, string>;
  compatible: Record<string, string>;
  status: (typeof UnitStatus.options)[number];
  checksum?: string;
  meta: Record<string, string>;
  verify: boolean;
};

export function addPublish(program: Command): void {
  program
    .command('publish')
    .summary('register an immutable unit version')
    .description(
      'Registers one version of a front-end module for good. <source> is the URL of its entry module, or the built file together with --at.',
    )
    .argument('<source>', 'URL of the entry module, or its file')
    .requiredOption('-b, --building <name>', 'the building that it is made for')
    .requiredOption('-v, --version <semver>', 'its version, such as 1.4.0')
    .option('-n, --name <name>', 'its name (default: the building)')
    .option('--at <url>', 'where browsers load it from, when <source> is a file')
    .addOption(new Option('--framework <framework>', 'what it is written with').choices(Framework.options).default('react'))
    .option('--wasm-url <url>', 'its WebAssembly binary')
    .option('-d, --dependency <name@range>', 'what it needs; repeatable', collectRanges, {})
    .option('--compatible <name@range>', 'units that it can stand beside; repeatable', collectRanges, {})
    .addOption(new Option('--status <status>', 'how mature it is').choices(UnitStatus.options).default('stable'))
    .option('--checksum <sri>', 'refuse unless the bytes have this digest')
    .option('--meta <key=value>', 'anything worth keeping, such as commit=abc123; repeatable', collectPairs, {})
    .option('--no-verify', 'do not compare the file with what is served')
    .action(publish);
}

async function publish(source: string, options: PublishOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const described = await describeUnit(source, { ...(options.at ? { servedAt: options.at } : {}), verify: options.verify });
  if (options.checksum !== undefined && options.checksum !== described.checksum) {
    refused(
      `The bytes have another digest than you expect:\n  found    ${described.checksum}\n  expected ${options.checksum}`,
      'digest-differs',
    );
  }
  const unit = {
    name: options.name ?? options.building,
    version: options.version,
    framework: options.framework,
    ...described,
    ...(options.wasmUrl ? { wasm_url: options.wasmUrl } : {}),
    dependencies: options.dependency,
    compatibility: options.compatible,
    status: options.status,
    metadata: options.meta,
  };
  const apartment = await context.apartment();
  const json = { building: options.building, unit };
  const response = await context.api.v1.apartments[':apartment'].units.$post({ param: { apartment }, json });
  const isNew = response.status === 201;
  const published = await expectAnswer(Promise.resolve(response), (problem) => refusalWords(problem, json, placesOf(options)));
  const { id, checksum, size } = published.unit;
  context.print(
    { ...published, created: isNew },
    `${isNew ? 'Published' : 'Was published already, exactly so:'} ${id} for ${apartment}/${published.building} (${size} bytes, ${checksum})`,
  );
  warnOf(context, published);
  if (!(await mayHaveBuilding(context, apartment, options.building))) {
    context.warn(
      `No environment of ${apartment} has a building ${options.building} yet. Add it with: concierge building add ${options.building} --category <category> --unit ${id}`,
    );
  }
}

const placesOf = (options: PublishOptions): readonly OptionPlace[] => [
  { pointer: '/building', option: '--building' },
  { pointer: '/unit/name', option: options.name === undefined ? '--building' : '--name' },
  { pointer: '/unit/version', option: '--version' },
  { pointer: '/unit/url', option: options.at === undefined ? '<source>' : '--at' },
  { pointer: '/unit/wasm_url', option: '--wasm-url' },
  { pointer: '/unit/dependencies', option: '--dependency' },
  { pointer: '/unit/compatibility', option: '--compatible' },
  { pointer: '/unit/metadata', option: '--meta' },
];

/** Whether an environment of the apartment has it, as far as the token can see. It is done already, so nothing here fails. */
async function mayHaveBuilding({ api }: Context, apartment: string, building: string): Promise<boolean> {
  try {
    const { environments } = await expectAnswer(api.v1.environments.$get());
    const states = await Promise.all(
      environments
        .filter((one) => one.apartment === apartment)
        .map(({ environment }) =>
          expectAnswer(api.v1.apartments[':apartment'].environments[':environment'].$get({ param: { apartment, environment } })),
        ),
    );
    return states.some(({ document }) => Object.hasOwn(document.buildings, building));
  } catch (error) {
    if (error instanceof Failure) return true;
    throw error;
  }
}
