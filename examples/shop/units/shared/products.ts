export type Shape = 'mug' | 'plant' | 'lamp' | 'vase' | 'stool' | 'candle';

export interface Product {
  id: string;
  name: string;
  note: string;
  /** Cents, so that no price is ever 17.990000000000002. */
  price: number;
  rating: number;
  kind: 'Kitchen' | 'Living' | 'Garden';
  shape: Shape;
  tint: string;
}

export const products: Product[] = [
  { id: 'mug', name: 'Harbour mug', note: 'Stoneware, 320 ml', price: 1800, rating: 4.8, kind: 'Kitchen', shape: 'mug', tint: '#3f6f8f' },
  { id: 'fern', name: 'Shade fern', note: 'With clay pot', price: 2450, rating: 4.6, kind: 'Garden', shape: 'plant', tint: '#4f8a5b' },
  { id: 'lamp', name: 'Reading lamp', note: 'Warm, dimmable', price: 6900, rating: 4.9, kind: 'Living', shape: 'lamp', tint: '#c98a2b' },
  { id: 'vase', name: 'Tall vase', note: 'Hand-blown glass', price: 3900, rating: 4.3, kind: 'Living', shape: 'vase', tint: '#a85a6f' },
  { id: 'stool', name: 'Oak stool', note: 'Oiled, 45 cm', price: 8900, rating: 4.7, kind: 'Living', shape: 'stool', tint: '#9b6b43' },
  {
    id: 'candle',
    name: 'Cedar candle',
    note: 'Burns 40 hours',
    price: 1650,
    rating: 4.5,
    kind: 'Kitchen',
    shape: 'candle',
    tint: '#7a6aa8',
  },
];

export function formatPrice(cents: number): string {
  return `€${(cents / 100).toFixed(2)}`;
}
