import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Disclosure, DisclosurePanel } from 'react-aria-components/Disclosure';
import { Heading } from 'react-aria-components/Heading';
import { ChevronIcon } from './icons.tsx';

type FoldProps = {
  title: string;
  /** What is inside, in short, for who leaves it closed. */
  summary?: string | undefined;
  children: ReactNode;
  /** Something inside has to be seen. */
  mustShow?: boolean;
};

/** A part of a page that opens when it is wanted. */
export function Fold({ title, summary, children, mustShow = false }: FoldProps) {
  const [isOpen, setOpen] = useState(false);
  const isExpanded = isOpen || mustShow;
  return (
    <Disclosure className="fold" isExpanded={isExpanded} onExpandedChange={setOpen}>
      <Heading level={3}>
        <Button slot="trigger" className="fold-button">
          <ChevronIcon />
          <span>
            {title}
            {summary && !isExpanded && <span className="why">{summary}</span>}
          </span>
        </Button>
      </Heading>
      <DisclosurePanel className="fold-panel">
        <div>{children}</div>
      </DisclosurePanel>
    </Disclosure>
  );
}
