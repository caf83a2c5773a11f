import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { WhereEnvironment } from '#schemas/where.ts';
import { usePromoteUnits } from '../api/apartment-commands.ts';
import { operable, useIdentity } from '../api/permissions.ts';
import { ChoiceSelect } from '../fields/choice-select.tsx';
import { NameChecks } from '../fields/name-checks.tsx';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { StepIcon } from '../parts/icons.tsx';
import { type Difference, differenceWords, differingUnits, unitsOf } from './differing-units.ts';
import { MoveChoices, useMoveChoices } from './move-choices.tsx';

const ALLOWANCES = {
  allow_older: 'Lower versions',
  while_moving: 'Buildings with a rollout under way where they come from: what everybody has there',
};

const optionsOf = (environments: readonly WhereEnvironment[]): Record<string, string> =>
  Object.fromEntries(environments.map(({ environment }) => [environment, environment]));

/** Carries units from one environment into another; nothing where there is nowhere to carry them. */
export function PromoteUnitsButton({ apartment, environments }: { apartment: string; environments: WhereEnvironment[] }) {
  const places = operable(useIdentity(), environments);
  if (environments.length < 2 || places.length === 0) return null;
  return <Promote apartment={apartment} environments={environments} places={places} />;
}

type PromoteProps = { apartment: string; environments: WhereEnvironment[]; places: WhereEnvironment[] };

function Promote({ apartment, environments, places }: PromoteProps) {
  const [chosen, setChosen] = useState<{ from?: string; to?: string }>({});
  const [left, setLeft] = useState<readonly string[]>([]);
  const [allowances, setAllowances] = useState<readonly string[]>([]);
  const choices = useMoveChoices();
  const to = places.find(({ environment }) => environment === chosen.to) ?? places[0]!;
  const sources = environments.filter((one) => one !== to);
  const from = sources.find(({ environment }) => environment === chosen.from) ?? sources[0]!;
  const differences = differingUnits(unitsOf(from), to);
  const buildings = differences.map(({ building }) => building).filter((building) => !left.includes(building));
  const command = usePromoteUnits(apartment, to.environment, {
    from: from.environment,
    buildings,
    ...choices.body,
    ...Object.fromEntries(allowances.map((allowance) => [allowance, true])),
  });
  const reset = (): void => {
    setChosen({});
    setLeft([]);
    setAllowances([]);
    choices.reset();
  };
  return (
    <ConfirmDialog
      title="Promote units"
      action={`Promote to ${to.environment}`}
      needsReason={choices.needsReason}
      command={command}
      onOpenChange={reset}
      trigger={
        <Button className="button">
          <StepIcon />
          Promote units
        </Button>
      }
    >
      <ChoiceSelect
        label="From"
        options={optionsOf(sources)}
        value={from.environment}
        onChange={(environment) => setChosen({ ...chosen, from: environment })}
      />
      <ChoiceSelect
        label="To"
        options={optionsOf(places)}
        value={to.environment}
        onChange={(environment) => setChosen({ ...chosen, to: environment })}
      />
      <Differences
        differences={differences}
        value={buildings}
        onChange={(value) => setLeft(differences.map(({ building }) => building).filter((building) => !value.includes(building)))}
      />
      <MoveChoices choices={choices} />
      <NameChecks
        name="allowances"
        label="Promote also"
        names={Object.keys(ALLOWANCES)}
        words={(allowance) => ALLOWANCES[allowance as keyof typeof ALLOWANCES]}
        value={allowances}
        onChange={setAllowances}
      />
      <p className="muted">They are the very same bytes: nothing is built or uploaded.</p>
    </ConfirmDialog>
  );
}

type DifferencesProps = { differences: Difference[]; value: string[]; onChange: (buildings: string[]) => void };

function Differences({ differences, value, onChange }: DifferencesProps) {
  if (differences.length === 0) return <p>They show the same units.</p>;
  return (
    <NameChecks
      name="buildings"
      label="Buildings that differ"
      names={differences.map(({ building }) => building)}
      words={(building) => differenceWords(differences.find((one) => one.building === building)!)}
      value={value}
      onChange={onChange}
    />
  );
}
