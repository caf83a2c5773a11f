import { useState } from 'react';
import { Logo } from '../../shared/logo.tsx';

export function Header() {
  const [items, setItems] = useState(2);
  return (
    <>
      <p className="news">Free delivery on everything over €40, until Sunday</p>
      <div className="bar">
        <Logo />
        <nav aria-label="Shop">
          <a href="#new">New</a>
          <a href="#home">Home</a>
          <a href="#garden">Garden</a>
          <a href="#gifts">Gifts</a>
        </nav>
        <input type="search" placeholder="Search the shop" aria-label="Search the shop" />
        <button type="button" className="basket" onClick={() => setItems(items + 1)}>
          Basket <b>{items}</b>
        </button>
      </div>
    </>
  );
}
