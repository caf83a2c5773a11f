import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { ReleaseView } from '#schemas/api.ts';
import type { WhereEnvironment } from '#schemas/where.ts';
import { useDeploy } from '../api/apartment-commands.ts';
import { ChoiceSelect } from '../fields/choice-select.tsx';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { differenceWords, differingUnits } from './differing-units.ts';
import { MoveChoices, useMoveChoices } from './move-choices.tsx';

/** Brings all units of a release into an environment. */
export function DeployButton({ apartment, release, places }: { apartment: string; release: ReleaseView; places: WhereEnvironment[] }) {
  const [chosen, setChosen] = useState<string>();
  const choices = useMoveChoices();
  const isThere = ({ environment }: WhereEnvironment): boolean => release.deployed.some((one) => one.environment === environment);
  const to = places.find(({ environment }) => environment === chosen) ?? places.find((one) => !isThere(one)) ?? places[0]!;
  const units = Object.fromEntries(Object.entries(release.units).map(([building, { unit }]) => [building, unit]));
  const differences = differingUnits(units, to);
  const command = useDeploy(apartment, to.environment, release.version, choices.body);
  const reset = (): void => {
    setChosen(undefined);
    choices.reset();
  };
  return (
    <ConfirmDialog
      title={`Deploy release ${release.version}`}
      action={`Deploy to ${to.environment}`}
      needsReason={choices.needsReason}
      command={command}
      onOpenChange={reset}
      trigger={
        <Button className="button" aria-label={`Deploy release ${release.version}`}>
          Deploy
        </Button>
      }
    >
      <ChoiceSelect
        label="To"
        options={Object.fromEntries(places.map(({ environment }) => [environment, environment]))}
        value={to.environment}
        onChange={setChosen}
      />
      {differences.length === 0 ? (
        <p>{to.environment} shows all of its units already.</p>
      ) : (
        <ul>
          {differences.map((difference) => (
            <li key={difference.building}>{differenceWords(difference)}</li>
          ))}
        </ul>
      )}
      <MoveChoices choices={choices} />
      <p className="muted">First every unit is loaded from its address and compared. Nobody else changes the environment meanwhile.</p>
    </ConfirmDialog>
  );
}
