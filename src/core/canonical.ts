/** Values that survive JSON unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * Canonical JSON: keys sorted by UTF-16 code unit, no white space, numbers and strings as `JSON.stringify` writes
 * them (RFC 8785 without its big-number rules). Members that are `undefined` are left out. Equal values give equal text.
 */
export function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return scalar(value);
  // Loops rather than chains: this runs on the way of every decision.
  let text = "";
  if (Array.isArray(value)) {
    for (const item of value) text += `${text === "" ? "" : ","}${canonical(item ?? null)}`;
    return `[${text}]`;
  }
  const members = new Map<string, unknown>(Object.entries(value));
  for (const key of [...members.keys()].sort()) {
    const member = members.get(key);
    if (member !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${canonical(member)}`;
  }
  return `{${text}}`;
}

function scalar(value: unknown): string {
  const text = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`a ${typeof value} has no canonical form`);
  return text;
}
