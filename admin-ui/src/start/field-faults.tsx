import { FieldError } from 'react-aria-components/FieldError';

/** A field's faults, each on a line of its own. */
export const FieldFaults = () => (
  <FieldError className="faults">
    {({ validationErrors }) =>
      validationErrors.map((fault) => (
        <span key={fault} className="fault">
          {fault}
        </span>
      ))
    }
  </FieldError>
);
