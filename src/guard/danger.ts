/**
 * Whether text that could not be parsed holds words of a dangerous command. One pass over the first part of the
 * text; it is only asked whether an unreadable command is refused or brought before a person.
 */
export function hasDangerousText(text: string): boolean {
  const plain = text.slice(0, textAtMost).replace(/["'\\]/g, "");
  return dangerous.some((pattern) => pattern.test(plain));
}

const textAtMost = 100_000;

// Bounded gaps keep every pattern linear.
const dangerous = [
  /\brm\s{1,9}(?:-\S{1,30}\s{1,9}){0,4}-\w{0,9}[rR]/,
  /\bgit\b[^\n;|&]{0,80}\bpush\b[^\n;|&]{0,80}(?:--force|\s-f\b|\s\+)/,
  /\bgit\b[^\n;|&]{0,80}\breset\b[^\n;|&]{0,40}--hard/,
  /\bgit\b[^\n;|&]{0,80}\bclean\b[^\n;|&]{0,40}-\w{0,9}f/,
  /\bmkfs\b/,
  /\bdd\b[^\n;|&]{0,80}\bof=\/dev\//,
  /\bshred\b/,
  /-delete\b/,
  /\|\s{0,9}(?:sudo\s{1,9})?(?:ba|z|da|k)?sh\b/,
  /:\(\)\s{0,9}\{/,
];
