/** `1 visitor`, `2 visitors`, `0 visitors`; the number as `say` writes it, and the plural made with an "s". */
export function counted(count: number, thing: string, say: (count: number) => string = String): string {
  const said = say(count);
  return `${said} ${said === '1' ? thing : `${thing}s`}`;
}
