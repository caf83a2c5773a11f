import type { Document } from '#schemas/document.ts';
import { BuildingCategory } from '#schemas/manifest.ts';
import { isLive } from '#schemas/rollout-reading.ts';
import { CodeLines } from '../parts/code-lines.tsx';
import { Empty } from '../parts/notice.tsx';
import { addBuildingLine, publishLine } from '../words/command-lines.ts';
import { BuildingCard } from './building-card.tsx';

/** The buildings, where they stand on the page that visitors see. */
export function Buildings({ document }: { document: Document }) {
  const names = Object.keys(document.buildings);
  const live = Object.values(document.rollouts).filter(isLive);
  const inCategory = (category: BuildingCategory) => names.filter((name) => document.buildings[name]!.category === category);
  const used = BuildingCategory.options.filter((category) => inCategory(category).length > 0);
  return (
    <section aria-labelledby="buildings-heading">
      <h2 id="buildings-heading">Buildings</h2>
      {names.length === 0 ? (
        <Empty title="This environment has no buildings yet.">
          <p>Publish a unit, then add the building that shows it. They appear here by themselves.</p>
          <CodeLines lines={[publishLine(document.apartment, '<building>'), addBuildingLine(document.apartment, document.environment)]} />
        </Empty>
      ) : (
        <div className="floor-plan" data-sidebar={used.includes('sidebar') && used.includes('main')}>
          {used.map((category) => (
            <ul key={category} className="floor" data-category={category} aria-label={`Category ${category}`}>
              {inCategory(category).map((name) => (
                <BuildingCard
                  key={name}
                  name={name}
                  category={category}
                  unit={document.units[document.buildings[name]!.active_unit]}
                  rollout={live.find(({ targets }) => Object.hasOwn(targets, name))}
                />
              ))}
            </ul>
          ))}
        </div>
      )}
    </section>
  );
}
