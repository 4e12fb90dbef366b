/** A command line for `/bin/sh` that means exactly these words. */
export function quoted(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ");
}

/**
 * The same for a hook. A program that cannot start or is killed lets the call pass in most agents; exit code 2 with words on
 * standard error is the one ending that all of them take for a refusal.
 */
export function orRefuse(words: readonly string[]): string {
  return `${quoted(words)} || { echo 'surefoot: the guard did not run' >&2; exit 2; }`;
}
