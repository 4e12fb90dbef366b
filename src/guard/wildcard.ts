/** Whether the whole text matches, where `*` stands for any text and `?` for one UTF-16 unit. Linear in practice, never exponential. */
export function matchesWildcard(text: string, pattern: string): boolean {
  let at = 0;
  let next = 0;
  let star = -1;
  let from = 0;
  while (at < text.length) {
    const sign = pattern[next];
    if (sign === "*") {
      star = next++;
      from = at;
    } else if (sign !== undefined && (sign === "?" || sign === text[at])) {
      at++;
      next++;
    } else if (star >= 0) {
      // The last star takes one more.
      next = star + 1;
      at = ++from;
    } else return false;
  }
  while (pattern[next] === "*") next++;
  return next === pattern.length;
}
