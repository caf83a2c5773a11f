import type { ComponentType } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import type { UnitContext, UnitModule } from '../../unit-contract.ts';
import baseCss from './base.css?inline';
import { ErrorBoundary } from './error-boundary.tsx';

export interface UnitProps {
  context: UnitContext;
}

/** Turns a component and its style sheet into what the host expects of a unit. */
export function defineUnit(View: ComponentType<UnitProps>, css: string): UnitModule['mount'] {
  return (element, context) => {
    const root = createRoot(element);
    // Synchronous, so that the host's clock stops when the unit is on the page.
    flushSync(() => {
      root.render(
        <div className="unit" data-unit={`${__UNIT_NAME__}@${__UNIT_VERSION__}`}>
          {/* A scope without a prelude ends at the parent of the style element:
              two versions, or two units, cannot restyle each other. */}
          <style>{`@scope {\n${baseCss}\n${css}\n}`}</style>
          <ErrorBoundary onError={(error) => context.reportError(error)}>
            <View context={context} />
          </ErrorBoundary>
        </div>,
      );
    });
    return () => root.unmount();
  };
}
