import type { ReactNode } from 'react';
import type { Shape } from './products.ts';

const shapes: Record<Shape, ReactNode> = {
  mug: (
    <>
      <path d="M74 46h9a12 12 0 0 1 0 26h-9" fill="none" stroke="currentColor" strokeWidth="6" />
      <path d="M34 36h42v40a10 10 0 0 1-10 10H44a10 10 0 0 1-10-10z" fill="currentColor" />
      <path d="M34 50h42v7H34z" fill="#fff" opacity=".35" />
    </>
  ),
  plant: (
    <>
      <path d="M60 64C58 44 48 32 32 28c0 18 10 32 28 36Z" fill="currentColor" />
      <path d="M60 64c2-24 14-36 30-40 0 20-10 36-30 40Z" fill="currentColor" opacity=".75" />
      <path d="M60 64c-6-18-4-34 2-46 8 14 8 30-2 46Z" fill="currentColor" opacity=".9" />
      <path d="M42 64h36l-5 30H47z" fill="#c4764e" />
      <path d="M40 62h40v8H40z" fill="#a9603c" />
    </>
  ),
  lamp: (
    <>
      <path d="M60 50v38M44 90h32" stroke="#4a4038" strokeWidth="5" strokeLinecap="round" />
      <path d="M46 22h28l14 30H32z" fill="currentColor" />
      <ellipse cx="60" cy="58" rx="24" ry="6" fill="currentColor" opacity=".3" />
    </>
  ),
  vase: (
    <>
      <path d="M54 20h14l-3 18c14 8 18 20 14 36-2 10-8 16-10 18H53c-2-2-8-8-10-18-4-16 0-28 14-36z" fill="currentColor" />
      <path d="M51 52c-4 8-4 18 0 28" fill="none" stroke="#fff" strokeWidth="4" strokeLinecap="round" opacity=".45" />
    </>
  ),
  stool: (
    <>
      <path d="M42 46 36 92M78 46l6 46M50 46v46M70 46v46" stroke="currentColor" strokeWidth="5" strokeLinecap="round" />
      <path d="M40 72h40" stroke="currentColor" strokeWidth="4" />
      <rect x="28" y="34" width="64" height="13" rx="6.5" fill="currentColor" />
    </>
  ),
  candle: (
    <>
      <path d="M60 20c8 9 8 18 0 22-8-4-8-13 0-22Z" fill="#e8a33d" />
      <path d="M60 40v12" stroke="#4a4038" strokeWidth="3" />
      <rect x="40" y="50" width="40" height="42" rx="6" fill="currentColor" />
      <rect x="47" y="62" width="26" height="16" rx="2" fill="#fff" opacity=".55" />
    </>
  ),
};

export function ProductArt({ shape, tint }: { shape: Shape; tint: string }) {
  return (
    <svg viewBox="0 0 120 110" aria-hidden="true" style={{ color: tint }}>
      {shapes[shape]}
    </svg>
  );
}
