/** Words that strangers wrote, as one line: nothing in it moves a terminal's cursor or begins another line of a log. */
export const oneLine = (text: string, length: number): string =>
  text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, length);
