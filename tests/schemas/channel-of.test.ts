import { expect, it } from 'vitest';
import { type Channel, channelOf } from '#schemas/channel.ts';

it.each<[string, Parameters<typeof channelOf>[0], Channel]>([
  ['a stable version', { version: '1.2.0' }, 'stable'],
  ['a candidate', { version: '1.2.0-rc.3' }, 'rc'],
  ['a snapshot', { version: '1.2.0-0.snap.20260115' }, 'snapshot'],
  ['a prerelease from before', { version: '1.2.0-beta.1' }, 'prerelease'],
  ['a stable version that is told to be a beta', { version: '1.2.0', status: 'beta' }, 'beta'],
  ['a candidate that is told to be a canary', { version: '1.2.0-rc.3', status: 'canary' }, 'canary'],
  ['a snapshot that is told to be deprecated', { version: '1.2.0-0.snap.20260115', status: 'deprecated' }, 'deprecated'],
  ['a stable version that is told to be stable', { version: '1.2.0', status: 'stable' }, 'stable'],
  ['a candidate that is told to be stable, as once was the default', { version: '1.2.0-rc.3', status: 'stable' }, 'rc'],
  ['a snapshot that is told to be stable', { version: '1.2.0-0.snap.20260115', status: 'stable' }, 'snapshot'],
])('%s', (_, unit, channel) => {
  expect(channelOf(unit)).toBe(channel);
});
