import { type Command, Option } from 'commander';
import { Framework, UnitStatus } from '#schemas/unit.ts';
import { contextOf } from '../context.ts';
import { describeUnit } from '../describe-unit.ts';
import { expectAnswer } from '../engine-client.ts';
import { EXIT, Failure } from '../failure.ts';
import { collectPairs, collectRanges } from '../parse-options.ts';

type PublishOptions = {
  building: string;
  version: string;
  name?: string;
  url?: string;
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

async function publish(source: string, options: PublishOptions & { at?: string }, command: Command): Promise<void> {
  const context = contextOf(command);
  const described = await describeUnit(source, { ...(options.at ? { servedAt: options.at } : {}), verify: options.verify });
  if (options.checksum !== undefined && options.checksum !== described.checksum) {
    throw new Failure(
      `The bytes have another digest than you expect:\n  found    ${described.checksum}\n  expected ${options.checksum}`,
      EXIT.refused,
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
  const response = await context.api.v1.apartments[':apartment'].units.$post({
    param: { apartment },
    json: { building: options.building, unit },
  });
  const isNew = response.status === 201;
  const published = await expectAnswer(Promise.resolve(response));
  const { id, checksum, size } = published.unit;
  context.print(
    { ...published, created: isNew },
    `${isNew ? 'Published' : 'Was published already, exactly so:'} ${id} for ${apartment}/${published.building} (${size} bytes, ${checksum})`,
  );
}
