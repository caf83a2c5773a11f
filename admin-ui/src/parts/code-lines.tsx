/** Commands to copy into a terminal. */
export const CodeLines = ({ lines }: { lines: readonly string[] }) => (
  <pre className="code" tabIndex={0} aria-label="Commands">
    <code>
      {lines.map((line) => (
        <span key={line} className="code-line">
          {line}
        </span>
      ))}
    </code>
  </pre>
);
