import { checkDrift } from '#engine/services/check-drift.ts';
import type { Services } from '#engine/services/context.ts';
import type { DriftReport } from '#schemas/drift.ts';

/** Looks for drift in every environment, and tells what is more than a note. */
export async function watchDrift(services: Services, tell: (report: DriftReport) => void): Promise<void> {
  for (const { apartment, environment } of await services.revisions.places()) {
    const report = await checkDrift(services, { apartment, environment });
    if (report.severity === 'warning' || report.severity === 'critical') tell(report);
  }
}
