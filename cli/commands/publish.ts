import { type Command, Option } from 'commander';
import { counted } from '#schemas/counted.ts';
import { Hostname } from '#schemas/hostname.ts';
import { Framework, UnitStatus } from '#schemas/unit.ts';
import { idWords } from '#schemas/version-tag.ts';
import { type Context, type Place, contextOf, warnOf } from '../context.ts';
import { describeUnit } from '../describe-unit.ts';
import { expectAnswer } from '../engine-client.ts';
import { Failure, refused, usage } from '../failure.ts';
import { MOVE_PLACES, moveText } from '../move-plan.ts';
import { type OptionPlace, refusalWords } from '../option-faults.ts';
import { collect, collectPairs, collectRanges, toNumber } from '../parse-options.ts';
import { showAtHost } from '../show-at-host.ts';

type PublishOptions = {
  building: string;
  version: string;
  name?: string;
  at?: string;
  framework: (typeof Framework.options)[number];
  wasmUrl?: string;
  dependency: Record<string, string>;
  compatible: Record<string, string>;
  status?: UnitStatus;
  integrity?: string;
  file?: string;
  keepDays?: number;
  meta: Record<string, string>;
  verify: boolean;
  alias: string[];
  host: string[];
};

export function addPublish(program: Command): void {
  program
    .command('publish')
    .summary('register an immutable unit version')
    .description(
      'Registers one version of a front-end module for good. <source> is the URL of its entry module, or the built file (or folder) together with --at. The engine loads what the URL serves and compares it.',
    )
    .argument('<source>', 'URL of the entry module, or its file, or the folder with its remoteEntry.js')
    .requiredOption('-b, --building <name>', 'the building that it is made for')
    .requiredOption('-v, --version <semver>', 'its version: v1.4.0, v1.4.0-rc.1 or v1.4.0.snap.20260115; the "v" may be left out')
    .option('-n, --name <name>', 'its name (default: the building)')
    .option('--at <url>', 'where browsers load it from, when <source> is a file')
    .addOption(new Option('--framework <framework>', 'what it is written with').choices(Framework.options).default('react'))
    .option('--wasm-url <url>', 'its WebAssembly binary')
    .option('-d, --dependency <name@range>', 'what it needs; repeatable', collectRanges, {})
    .option('--compatible <name@range>', 'units that it can stand beside; repeatable', collectRanges, {})
    .addOption(new Option('--status <status>', 'what its version does not say of how mature it is').choices(UnitStatus.options))
    .option('--checksum, --integrity <sri>', 'refuse unless the bytes have this digest')
    .option('--file <file>', 'the built file (or folder), when <source> is a URL: refuse unless the URL serves just that')
    .option('--keep-days <days>', 'how long a snapshot is kept (default: 14)', toNumber)
    .option('--meta <key=value>', 'anything worth keeping, such as commit=abc123; repeatable', collectPairs, {})
    .option('--alias <environments>', 'then show it there, at once: such as dev', collect, [])
    .option('--host <hosts>', 'then show it to whoever opens these hosts: such as pr-12.preview.shop.example', collect, [])
    .option('--no-verify', 'believe the file without loading what the URL serves, which may not be there yet')
    .action(publish);
}

async function publish(source: string, options: PublishOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const described = await describeUnit(source, { servedAt: options.at, file: options.file });
  const { integrity } = options;
  if (integrity !== undefined && described.checksum !== undefined && integrity !== described.checksum) {
    refused(`The bytes have another digest than you expect:\n  found    ${described.checksum}\n  expected ${integrity}`, 'digest-differs');
  }
  if (!options.verify && described.checksum === undefined) {
    usage('Without the file nobody would know digest and size: give --file, or leave --no-verify out.');
  }
  const unit = {
    name: options.name ?? options.building,
    version: options.version,
    framework: options.framework,
    ...described,
    ...(integrity === undefined ? {} : { checksum: integrity }),
    ...(options.wasmUrl ? { wasm_url: options.wasmUrl } : {}),
    dependencies: options.dependency,
    compatibility: options.compatible,
    ...(options.status === undefined ? {} : { status: options.status }),
    metadata: options.meta,
  };
  const previews = await placeOfPreviews(context, options.host);
  const apartment = previews?.apartment ?? (await context.apartment());
  const keep = options.keepDays === undefined ? {} : { keep_days: options.keepDays };
  const json = { building: options.building, unit, verify: options.verify, ...keep };
  const response = await context.api.v1.apartments[':apartment'].units.$post({ param: { apartment }, json });
  const isNew = response.status === 201;
  const published = await expectAnswer(Promise.resolve(response), (problem) => refusalWords(problem, json, placesOf(options)));
  const { id, checksum, size } = published.unit;
  const moves = await moveAliases(context, apartment, id, options.alias);
  const hosts = [];
  for (const host of previews ? options.host : []) {
    const said = `${id} is published, and was not shown at ${host}: `;
    const { revision, summary } = await showAtHost(context, previews!, host, { description: '', units: [id] }, said);
    hosts.push({ host, revision, text: summary });
  }
  context.print(
    { ...published, created: isNew, ...(moves.length > 0 ? { aliases: moves } : {}), ...(hosts.length > 0 ? { hosts } : {}) },
    `${isNew ? 'Published' : 'Was published already, exactly so:'} ${idWords(id)} for ${apartment}/${published.building} (${counted(size, 'byte')}, ${checksum})${[...moves, ...hosts].map(({ text }) => `\n${text}`).join('')}`,
  );
  warnOf(context, published);
  if (!(await mayHaveBuilding(context, apartment, options.building))) {
    context.warn(
      `No environment of ${apartment} has a building ${options.building} yet. Add it with: concierge building add ${options.building} --category <category> --unit ${id}`,
    );
  }
}

/** Where the hosts are; undefined: none are named. Told before anything is published, like a host that cannot be one. */
async function placeOfPreviews(context: Context, hosts: readonly string[]): Promise<Place | undefined> {
  for (const host of hosts) {
    const [fault] = Hostname.safeParse(host).error?.issues ?? [];
    if (fault) usage(`--host "${host}": ${fault.message}.`);
  }
  return hosts.length > 0 ? context.place() : undefined;
}

/** Shows the unit in these environments. It is published already, whatever becomes of this. */
async function moveAliases(context: Context, apartment: string, id: string, environments: readonly string[]) {
  const moves = [];
  const at = context.api.v1.apartments[':apartment'].environments[':environment'].promote;
  for (const environment of environments) {
    // What a promotion would permit is no option of this command.
    const places = MOVE_PLACES.filter(({ pointer }) => pointer !== '/override_freeze').map((place) =>
      place.remedy === undefined ? place : { ...place, option: `"concierge promote ${id} --to ${environment} ${place.option}"` },
    );
    const said = `${id} is published, and was not shown in ${environment}:`;
    const result = await expectAnswer(
      at.$post({ param: { apartment, environment }, header: {}, json: { units: [id] } }),
      (problem) => `${said} ${refusalWords(problem, { units: [id] }, places)}`,
    ).catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'nothing-to-move') return null;
      throw error;
    });
    const text = result ? `${environment}: ${moveText(result)}` : `${environment} shows it already.`;
    moves.push({ environment, revision: result?.revision ?? null, text });
  }
  return moves;
}

const placesOf = (options: PublishOptions): readonly OptionPlace[] => [
  { pointer: '/building', option: '--building' },
  { pointer: '/unit/name', option: options.name === undefined ? '--building' : '--name' },
  { pointer: '/unit/version', option: '--version' },
  { pointer: '/keep_days', option: '--keep-days' },
  { pointer: '/unit/checksum', option: options.integrity === undefined ? 'the file' : '--checksum' },
  { pointer: '/unit/size', option: 'the file' },
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
