import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { findCeph } from '#local/ceph.ts';
import { freePort } from '#local/ports.ts';
import { until } from './monitoring.ts';
import { CREDENTIALS } from './s3-server.ts';

export type Radosgw = { url: string; createBucket: (bucket: string) => Promise<void>; stop: () => Promise<void> };

const run = promisify(execFile);
const TOOL_WITHIN_MS = 60_000;

/** One of everything, in memory, on loopback, and no copies. */
const configOf = (folder: string, fsid: string, monitor: string, gateway: number): string => `
[global]
fsid = ${fsid}
mon host = ${monitor}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
keyring = ${folder}/keyring
run dir = ${folder}/run
crash dir = ${folder}/run
admin socket = ${folder}/run/$name.asok
log file = ${folder}/$name.log
mon cluster log file = ${folder}/cluster.log
osd objectstore = memstore
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon data avail crit = 1
[mon.a]
mon data = ${folder}/mon
[osd.0]
osd data = ${folder}/osd
[client.rgw]
rgw data = ${folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:${gateway}
`;

/** A Ceph of its own with an S3 gateway, whose only user has {@link CREDENTIALS}. Takes about fifteen seconds. */
export async function startRadosgw(): Promise<Radosgw> {
  const ceph = findCeph(() => undefined);
  const folder = mkdtempSync(join(tmpdir(), 'concierge-ceph-'));
  for (const name of ['mon', 'osd', 'rgw', 'run']) mkdirSync(join(folder, name));
  const at = (name: string): string => join(folder, name);
  const fsid = randomUUID();
  const monitor = `[v2:127.0.0.1:${await freePort()}]`;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  writeFileSync(at('ceph.conf'), configOf(folder, fsid, monitor, port));

  const daemons: { child: ChildProcess; exited: Promise<void> }[] = [];
  const tool = (program: keyof typeof ceph, ...args: string[]) =>
    run(ceph[program], ['-c', at('ceph.conf'), ...args], { cwd: folder, timeout: TOOL_WITHIN_MS });
  const begin = (program: keyof typeof ceph, ...args: string[]): void => {
    const child = spawn(ceph[program], ['-c', at('ceph.conf'), ...args, '-f'], { cwd: folder, stdio: 'ignore' });
    daemons.push({ child, exited: new Promise((done) => child.once('exit', () => done())) });
  };
  const stop = async (): Promise<void> => {
    for (const { child } of daemons) child.kill('SIGKILL');
    await Promise.all(daemons.map(({ exited }) => exited));
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    await run(ceph['ceph-authtool'], [at('keyring'), '--create-keyring', '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *']);
    for (const name of ['client.admin', 'client.rgw', 'osd.0'])
      await run(ceph['ceph-authtool'], [at('keyring'), '--gen-key', '-n', name, '--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *']);
    await run(ceph.monmaptool, ['--create', '--fsid', fsid, '--addv', 'a', monitor, at('monmap')]);
    await tool('ceph-mon', '-i', 'a', '--mkfs', '--monmap', at('monmap'), '--keyring', at('keyring'));
    begin('ceph-mon', '-i', 'a');
    const disk = randomUUID();
    await tool('ceph', 'osd', 'new', disk);
    await tool('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', disk);
    begin('ceph-osd', '-i', '0');
    const { accessKeyId, secretAccessKey } = CREDENTIALS;
    const user = ['--uid=concierge', '--display-name=Concierge', `--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`];
    await tool('radosgw-admin', '-n', 'client.rgw', 'user', 'create', ...user);
    begin('radosgw', '-n', 'client.rgw');
    const answers = async (): Promise<boolean> => {
      const ended = daemons.find(({ child }) => child.exitCode !== null);
      if (ended) throw new Error(`${ended.child.spawnfile} ended with ${ended.child.exitCode}`);
      return (await fetch(url).catch(() => null))?.ok ?? false;
    };
    await until(answers, (ok) => ok);
  } catch (error) {
    await stop();
    throw error;
  }
  const client = new S3Client({ region: 'us-east-1', endpoint: url, forcePathStyle: true, credentials: CREDENTIALS });
  const createBucket = async (bucket: string): Promise<void> => void (await client.send(new CreateBucketCommand({ Bucket: bucket })));
  return { url, createBucket, stop };
}
