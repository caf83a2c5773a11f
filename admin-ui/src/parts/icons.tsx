import type { ReactNode } from 'react';

/** Small drawings; the words beside them carry the meaning. */

const Icon = ({ children }: { children: ReactNode }) => (
  <svg
    className="icon"
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.75"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    {children}
  </svg>
);

export const CheckIcon = () => (
  <Icon>
    <path d="M3 8.5 6.5 12 13 4.5" />
  </Icon>
);
export const CrossIcon = () => (
  <Icon>
    <path d="m4 4 8 8M12 4l-8 8" />
  </Icon>
);
export const PauseIcon = () => (
  <Icon>
    <path d="M5.5 3.5v9M10.5 3.5v9" />
  </Icon>
);
export const PlayIcon = () => (
  <Icon>
    <path d="M5 3.2v9.6L12.5 8z" />
  </Icon>
);
export const StepIcon = () => (
  <Icon>
    <path d="M3 8h9M8.5 4.5 12 8l-3.5 3.5" />
  </Icon>
);
export const FinishIcon = () => (
  <Icon>
    <path d="M3 4.5 6.5 8 3 11.5M8.5 4.5 12 8l-3.5 3.5" />
  </Icon>
);
export const BackIcon = () => (
  <Icon>
    <path d="M6 3 3 6l3 3M3 6h6.5a3.5 3.5 0 0 1 0 7H6" />
  </Icon>
);
export const StopIcon = () => (
  <Icon>
    <rect x="4" y="4" width="8" height="8" rx="1" />
  </Icon>
);
export const WaitIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="5.5" />
    <path d="M8 5v3.2l2 1.3" />
  </Icon>
);
export const WarnIcon = () => (
  <Icon>
    <path d="M8 2.5 14 13H2zM8 6.5v3M8 11.2v.1" />
  </Icon>
);
export const ChevronIcon = () => (
  <Icon>
    <path d="m4.5 6.5 3.5 3.5 3.5-3.5" />
  </Icon>
);
export const RepeatIcon = () => (
  <Icon>
    <path d="M3 7.5A5 5 0 0 1 12 5l1 1M13 3v3h-3M13 8.5A5 5 0 0 1 4 11l-1-1M3 13v-3h3" />
  </Icon>
);
export const PlusIcon = () => (
  <Icon>
    <path d="M8 3.5v9M3.5 8h9" />
  </Icon>
);
export const EditIcon = () => (
  <Icon>
    <path d="m3 13 .6-2.8 7-7 2.2 2.2-7 7zM9.4 4.4l2.2 2.2" />
  </Icon>
);
export const DiceIcon = () => (
  <Icon>
    <rect x="3" y="3" width="10" height="10" rx="2" />
    <path d="M6 6v.1M10 10v.1M10 6v.1M6 10v.1" />
  </Icon>
);
export const EdgeIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="5.5" />
    <path d="M2.5 8h11M8 2.5c3 3 3 8 0 11M8 2.5c-3 3-3 8 0 11" />
  </Icon>
);

export const BellMark = () => (
  <svg className="bell" viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="8" />
    <g>
      <circle cx="16" cy="8.4" r="2" />
      <path d="M6 21a10 10 0 0 1 20 0z" />
      <rect x="4.5" y="22.6" width="23" height="3.2" rx="1.6" />
    </g>
  </svg>
);
