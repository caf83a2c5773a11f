import { useState } from 'react';
import type { UnitProps } from '../../shared/define-unit.tsx';
import { Feedback } from '../../shared/feedback.tsx';
import { ProductArt } from '../../shared/product-art.tsx';
import { formatPrice, products } from '../../shared/products.ts';

const kinds = ['All', 'Kitchen', 'Living', 'Garden'] as const;

export function Main({ context }: UnitProps) {
  const [kind, setKind] = useState<(typeof kinds)[number]>('All');
  const shown = products.filter((product) => kind === 'All' || product.kind === kind);
  return (
    <section>
      <div className="hero">
        <p className="season">Autumn collection</p>
        <h1>Warm light, long evenings</h1>
        <p>New colours for the pieces that you touch every day.</p>
      </div>
      <div className="kinds" role="group" aria-label="Kind of product">
        {kinds.map((name) => (
          <button key={name} type="button" aria-pressed={name === kind} onClick={() => setKind(name)}>
            {name}
          </button>
        ))}
      </div>
      <ul className="grid">
        {shown.map((product) => (
          <li key={product.id} className="card">
            <div className="art" style={{ background: `color-mix(in oklab, ${product.tint} 16%, #fff)` }}>
              <ProductArt shape={product.shape} tint={product.tint} />
            </div>
            <h3>{product.name}</h3>
            <p className="note">{product.note}</p>
            <p className="price">
              <b>{formatPrice(product.price)}</b>
              <span className="rating">★ {product.rating.toFixed(1)}</span>
            </p>
          </li>
        ))}
      </ul>
      <Feedback context={context} />
    </section>
  );
}
