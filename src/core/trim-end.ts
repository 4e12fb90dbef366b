/** The text without these signs at its end. A pattern for it tries anew at each of them, also in the middle. */
export function trimEnd(text: string, sign: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === sign) end -= 1;
  return text.slice(0, end);
}
