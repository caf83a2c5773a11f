import { FieldError } from 'react-aria-components/FieldError';

/** A field's faults, each on a line of its own; nothing when there are none. */
export const FieldFaults = ({ faults }: { faults: readonly string[] }) => (
  <FieldError className="faults">
    {faults.map((fault) => (
      <span key={fault} className="fault">
        {fault}
      </span>
    ))}
  </FieldError>
);
