export function Logo() {
  return (
    <a className="logo" href="/">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <path d="M16 3 4 13v16h24V13z" fill="none" stroke="currentColor" strokeWidth="2.4" strokeLinejoin="round" />
        <path d="M16 25c0-7 3-10 7-11 0 6-2 10-7 11Zm0 0c0-5-2-7-6-8 0 5 2 7 6 8Z" fill="currentColor" />
      </svg>
      Hearth &amp; Fern
    </a>
  );
}
