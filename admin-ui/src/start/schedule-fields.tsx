import type { Document } from '#schemas/document.ts';
import { Fold } from '../parts/fold.tsx';
import { formatWhen, listWords } from '../words/format.ts';
import { isUnderWay, targetsWords } from '../words/rollout-words.ts';
import { useHasFaults } from '../fields/form-faults.ts';
import { DeadlineFields } from './deadline-fields.tsx';
import { type FormPart, textOf } from './form-part.ts';
import { NameChecks } from '../fields/name-checks.tsx';
import type { StartForm } from './start-form.ts';
import { TextField } from '../fields/text-field.tsx';

const FIELDS = ['start_at', 'after', 'approvals', 'progress_deadline', 'on_deadline', 'override_freeze'];

/** When it starts, what it waits for, and how long it may take. */
export function ScheduleFields({ document, ...part }: FormPart & { document: Document }) {
  const { form, onChange } = part;
  const others = Object.values(document.rollouts).filter(isUnderWay);
  const hasFreezes = (document.policy?.freeze_windows.length ?? 0) > 0;
  const needed = document.policy?.approvals ?? 0;
  return (
    <Fold title="Start and deadline" summary={summaryOf(form, needed)} mustShow={useHasFaults(FIELDS)}>
      <TextField {...textOf(part, 'start_at')} label="Starts at" type="datetime-local" help="In your own time zone. Empty: at once" />
      <NameChecks
        name="after"
        label="Starts when these have completed"
        names={others.map(({ id }) => id)}
        words={(id) => targetsWords(document.rollouts[id]!)}
        value={form.after}
        onChange={(after) => onChange({ after })}
      />
      <TextField
        {...textOf(part, 'approvals')}
        label="Approvals by others"
        inputMode="numeric"
        help={needed > 0 ? `This environment asks for ${needed} in any case` : 'None: it starts without'}
      />
      <DeadlineFields {...part} />
      {hasFreezes && (
        <NameChecks
          name="override_freeze"
          label="Freezes"
          names={['override']}
          words={() => 'Start in a freeze all the same; say why below'}
          value={form.override_freeze ? ['override'] : []}
          onChange={(checked) => onChange({ override_freeze: checked.length > 0 })}
        />
      )}
    </Fold>
  );
}

function summaryOf(form: StartForm, needed: number): string {
  const at = new Date(form.start_at).getTime();
  const approvals = Math.max(needed, Number(form.approvals) || 0);
  return listWords(
    [
      Number.isNaN(at) ? 'at once' : formatWhen(at, Date.now()),
      form.after.length > 0 && `after ${form.after.length === 1 ? 'another' : `${form.after.length} others`}`,
      approvals > 0 && `with ${approvals === 1 ? 'one approval' : `${approvals} approvals`}`,
      form.progress_deadline.trim() !== '' && `${form.progress_deadline} min a step at most`,
    ].filter((part) => part !== false),
  );
}
