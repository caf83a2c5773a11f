import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { packPayload } from '#engine/db/snapshot-store.ts';
import { explainVisitor } from '#engine/services/explain-visitor.ts';
import { PLACE } from '../../support/fixtures.ts';
import { seedShop, testServices } from '../../support/services.ts';

/**
 * A snapshot of format 2 as it was published, and what edges answered by it. Whoever breaks this changes what `explain --at`
 * says of the past: give the snapshot a new format, and go on answering this one as before.
 */
const TEXT = readFileSync(new URL('./published-format-2.txt', import.meta.url), 'utf8');
const MANIFESTS_DIGEST = '3987b8c05e530ddcc6df3955a11f5e551a48501d1f6202f6a639728d14b2edb3';

it('format 2: the same text is still answered with the same bytes', async () => {
  const services = testServices();
  await seedShop(services);
  const { digest, payload } = packPayload(TEXT);
  services.database.$client.prepare('update snapshots set digest = ?, payload = ? where number = 4').run(digest, payload);
  const visitors = Array.from({ length: 50 }, (_, index) => ({
    key: `visitor-${index}`,
    attributes: { country: index % 2 ? 'KR' : 'US' },
  }));
  const answers = await Promise.all(visitors.map((visitor) => explainVisitor(services, PLACE, visitor)));
  const manifests = createHash('sha256');
  for (const { manifest } of answers) manifests.update(manifest);
  expect(answers[0]!.snapshot).toBe('stored');
  expect(new Set(answers.map(({ manifest }) => manifest)).size).toBe(3);
  expect(manifests.digest('hex')).toBe(MANIFESTS_DIGEST);
});
