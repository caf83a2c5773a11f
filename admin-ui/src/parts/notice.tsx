import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import { ConnectionError } from '../api/client.ts';
import { pointerWords } from '#schemas/json-pointer.ts';
import { ProblemError } from '#schemas/problem.ts';
import type { Tone } from './badge.tsx';
import { CrossIcon, WarnIcon } from './icons.tsx';

type NoticeProps = { tone: Tone; title: string; children?: ReactNode; icon?: ReactNode; role?: 'alert' | 'status'; onDismiss?: () => void };

export const Notice = ({ tone, title, children, icon = <WarnIcon />, role, onDismiss }: NoticeProps) => (
  <div className="notice" data-tone={tone} role={role}>
    {icon}
    <div>
      <strong>{title}</strong>
      {children !== undefined && <div>{children}</div>}
    </div>
    {onDismiss && (
      <Button className="button quiet icon-only" aria-label="Dismiss" onPress={onDismiss}>
        <CrossIcon />
      </Button>
    )}
  </div>
);

/** A refusal, with every fault that has no place of its own. */
export function Refusal({ error, faults }: { error: Error; faults?: readonly string[] }) {
  const refused = error instanceof ProblemError ? error.problem : undefined;
  const lost = error instanceof ConnectionError;
  const rest = faults ?? refused?.errors?.map(({ path, message }) => [pointerWords(path), message].filter(Boolean).join(': ')) ?? [];
  return (
    <Notice tone="bad" role="alert" title={refused?.title ?? (lost ? 'Not sent, or not answered' : 'Something went wrong in this page')}>
      <p>{lost ? `${error.message} Look whether it was carried out before you try again.` : (refused?.detail ?? error.message)}</p>
      {rest.length > 0 && (
        <ul>
          {rest.map((fault) => (
            <li key={fault}>{fault}</li>
          ))}
        </ul>
      )}
    </Notice>
  );
}

export const Empty = ({ title, children }: { title: string; children: ReactNode }) => (
  <div className="empty">
    <p className="empty-title">{title}</p>
    {children}
  </div>
);
