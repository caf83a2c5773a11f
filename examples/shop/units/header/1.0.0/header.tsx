import { Logo } from '../../shared/logo.tsx';

export function Header() {
  return (
    <div className="bar">
      <Logo />
      <nav aria-label="Shop">
        <a href="#new">New</a>
        <a href="#home">Home</a>
        <a href="#garden">Garden</a>
      </nav>
      <button type="button" className="basket">
        Basket
      </button>
    </div>
  );
}
