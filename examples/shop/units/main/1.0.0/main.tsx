import type { UnitProps } from '../../shared/define-unit.tsx';
import { Feedback } from '../../shared/feedback.tsx';
import { ProductArt } from '../../shared/product-art.tsx';
import { formatPrice, products } from '../../shared/products.ts';

export function Main({ context }: UnitProps) {
  return (
    <section>
      <h1>Things for a quiet home</h1>
      <p className="lead">Six pieces, made slowly.</p>
      <ul className="grid">
        {products.map((product) => (
          <li key={product.id} className="card">
            <div className="art">
              <ProductArt shape={product.shape} tint="#6b6f76" />
            </div>
            <h3>{product.name}</h3>
            <p className="note">{product.note}</p>
            <p className="price">{formatPrice(product.price)}</p>
          </li>
        ))}
      </ul>
      <Feedback context={context} />
    </section>
  );
}
