import type { Product } from '../../shared/products.ts';

export interface SaleProduct extends Product {
  sale: { percent: number };
}

const sales: Record<string, { percent: number }> = {
  mug: { percent: 20 },
  fern: { percent: 15 },
  lamp: { percent: 30 },
  vase: { percent: 10 },
  stool: { percent: 25 },
};

/** Broken on purpose: the cast hides that a product may have no sale, and one has none. */
export function withSales(products: Product[]): SaleProduct[] {
  return products.map((product) => ({ ...product, sale: sales[product.id] })) as SaleProduct[];
}
