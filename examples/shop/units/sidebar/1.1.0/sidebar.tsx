import { ProductArt } from '../../shared/product-art.tsx';
import { formatPrice, products } from '../../shared/products.ts';

const favourites = products.toSorted((a, b) => b.rating - a.rating).slice(0, 3);

export function Sidebar() {
  return (
    <section className="panel" aria-label="Favourites">
      <h2>Most loved this week</h2>
      <ol>
        {favourites.map((product) => (
          <li key={product.id}>
            <span className="art">
              <ProductArt shape={product.shape} tint={product.tint} />
            </span>
            <span className="text">
              <b>{product.name}</b>
              <span>{formatPrice(product.price)}</span>
            </span>
          </li>
        ))}
      </ol>
      <p className="gift">
        <b>Gift cards</b>
        From €15, sent by mail or on paper.
      </p>
    </section>
  );
}
