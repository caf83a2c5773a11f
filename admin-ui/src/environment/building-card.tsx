import { channelOf } from '#schemas/channel.ts';
import type { BuildingCategory } from '#schemas/manifest.ts';
import { currentStep } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Unit } from '#schemas/unit.ts';
import { formatPercent, formatSize } from '../words/format.ts';
import { unitWords, versionOf } from '../words/rollout-words.ts';

type BuildingCardProps = { name: string; category: BuildingCategory; unit: Unit | undefined; rollout: Rollout | undefined };

export const BuildingCard = ({ name, category, unit, rollout }: BuildingCardProps) => (
  <li className="building" data-building={name} data-moving={rollout !== undefined}>
    <div className="building-words">
      <h3>
        {name}
        {name !== category && <span className="muted"> in {category}</span>}
      </h3>
      {unit && (
        <p className="building-unit">
          <strong className="version">{unit.name === name ? unit.version : unitWords(unit.id)}</strong>
          <span className="muted">
            {channelOf(unit)} · {unit.framework} · {formatSize(unit.size)}
          </span>
        </p>
      )}
    </div>
    {rollout && <Incoming rollout={rollout} building={name} />}
  </li>
);

function Incoming({ rollout, building }: { rollout: Rollout; building: string }) {
  const { percentage } = currentStep(rollout);
  return (
    <div className="incoming">
      <p>
        <strong className="version">{rollout.experiment ? 'A/B test' : versionOf(rollout.targets[building]!.to)}</strong>{' '}
        {rollout.state === 'paused' ? 'held at' : 'for'} {formatPercent(percentage)}
      </p>
      <div className="share" aria-hidden="true">
        <div style={{ width: `${percentage}%` }} />
      </div>
    </div>
  );
}
