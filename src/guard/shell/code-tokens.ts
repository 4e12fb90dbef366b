/** One token of a program in a scripting language. Comments and blanks are left out, line ends are kept. */
export type Token =
  | { readonly kind: "name"; readonly text: string }
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "string"; readonly text: string; readonly fill: Fill }
  /** Text that the language itself gives to a shell. */
  | { readonly kind: "shell"; readonly text: string }
  | { readonly kind: "mark"; readonly text: string };

/** How expressions stand in a string: `${x}`, `{x}`, `#{x}`, `$x`, or not at all. */
export type Fill = "js" | "braces" | "hash" | "dollar" | "none";

export type Family = "python" | "js" | "perl" | "ruby" | "php" | "lua" | "r" | "awk";

/** Reads tokens without knowing a grammar. Total: what fits nothing is a mark of one character. */
export function tokenize(code: string, family: Family): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < code.length) {
    const [token, end] = next(code, at, family, tokens.at(-1));
    if (token !== undefined) tokens.push(token);
    at = Math.max(end, at + 1);
  }
  return tokens;
}

type Read = readonly [Token | undefined, number];

const hashComments: ReadonlySet<Family> = new Set(["python", "perl", "ruby", "php", "r", "awk"]);

function next(code: string, at: number, family: Family, before: Token | undefined): Read {
  const char = code[at] ?? "";
  const two = code.slice(at, at + 2);
  if (char === "\n") return [{ kind: "mark", text: "\n" }, at + 1];
  if (/\s/.test(char)) return [undefined, at + 1];
  if (char === "#" && hashComments.has(family)) return [undefined, lineEnd(code, at)];
  if (two === "//" && (family === "js" || family === "php")) return [undefined, lineEnd(code, at)];
  if (two === "--" && family === "lua") return [undefined, lineEnd(code, at)];
  if (two === "/*" && (family === "js" || family === "php")) {
    const end = code.indexOf("*/", at + 2);
    return [undefined, end < 0 ? code.length : end + 2];
  }
  if (char === '"' || char === "'" || char === "`") return quoted(code, at, family, "");
  if (/[A-Za-z_$@]/.test(char)) return word(code, at, family);
  if (/\d/.test(char)) {
    const end = endOf(/\w*/y, code, at);
    return [{ kind: "number", text: code.slice(at, end) }, end];
  }
  if (char === "%" && family === "ruby" && /^%[xqQ]?[({[|]/.test(code.slice(at, at + 3)))
    return bracketed(code, at + (/[xqQ]/.test(code[at + 1] ?? "") ? 2 : 1), code[at + 1] === "x");
  if (char === ":" && family === "ruby" && /[A-Za-z_]/.test(code[at + 1] ?? "") && code[at - 1] !== ":") {
    const end = endOf(/\w+/y, code, at + 1);
    return [{ kind: "string", text: code.slice(at + 1, end), fill: "none" }, end];
  }
  if (char === "<" && family === "perl" && startsValue(before)) {
    const glob = /^<([\w.~/*?-]+)>/.exec(code.slice(at, at + 200));
    if (glob !== null) return [{ kind: "string", text: glob[1] ?? "", fill: "none" }, at + glob[0].length];
  }
  if (char === "/" && (family === "js" || family === "ruby" || family === "perl") && startsValue(before)) {
    const pattern = /^\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/\w*/.exec(code.slice(at, at + 400));
    if (pattern !== null) return [undefined, at + pattern[0].length];
  }
  if (["::", "->", "=>", "..", "==", "+="].includes(two) && code.slice(at, at + 3) !== "===")
    return [{ kind: "mark", text: two }, at + 2];
  return [{ kind: "mark", text: char }, at + 1];
}

/** Whether a value, and no operator, can follow this token. */
function startsValue(before: Token | undefined): boolean {
  return before === undefined || (before.kind === "mark" && !/^[)\]}]$/.test(before.text))
    ? true
    : before.kind === "name" && /^(return|in|of|case|unlink|push|for|foreach)$/.test(before.text);
}

function lineEnd(code: string, at: number): number {
  const end = code.indexOf("\n", at);
  return end < 0 ? code.length : end;
}

function endOf(sticky: RegExp, code: string, at: number): number {
  sticky.lastIndex = at;
  return at + (sticky.exec(code)?.[0].length ?? 0);
}

function word(code: string, at: number, family: Family): Read {
  const end = Math.max(at + 1, endOf(/[$@]*\w*/y, code, at));
  const text = code.slice(at, end);
  const quote = code[end] ?? "";
  if (family === "python" && /^[rbfuRBFU]{1,2}$/.test(text) && /["']/.test(quote))
    return quoted(code, end, family, text.toLowerCase());
  if (family === "perl" && /^q[qxw]?$/.test(text)) {
    const from = endOf(/\s*/y, code, end);
    if (/[({[<|/!~]/.test(code[from] ?? "")) return bracketed(code, from, text === "qx");
  }
  // `rm_rf!(…)`: part of the name, and of no interest.
  if (family === "ruby" && /[!?]/.test(quote) && code[end + 1] === "(")
    return [{ kind: "name", text }, end + 1];
  // A sigil says what kind of variable it is, not which.
  return [{ kind: "name", text: text.replace(/^[$@]+(?=\w)/, "") }, end];
}

const pairs: Readonly<Record<string, string>> = { "(": ")", "{": "}", "[": "]", "<": ">" };

function bracketed(code: string, at: number, shell: boolean): Read {
  const open = code[at] ?? "";
  const close = pairs[open] ?? open;
  let depth = 0;
  let end = at;
  for (; end < code.length; end++) {
    if (code[end] === "\\") end += 1;
    else if (code[end] === close && (open === close ? end > at : --depth === 0)) break;
    else if (code[end] === open && open !== close) depth += 1;
  }
  const text = code.slice(at + 1, end);
  return [shell ? { kind: "shell", text } : { kind: "string", text, fill: "none" }, end + 1];
}

function quoted(code: string, at: number, family: Family, prefix: string): Read {
  const quote = code[at] ?? "";
  const triple = family === "python" && code.startsWith(quote.repeat(3), at) ? 3 : 1;
  const close = quote.repeat(triple);
  let end = at + triple;
  let depth = 0;
  for (; end < code.length; end++) {
    if (code[end] === "\\") end += 1;
    // A template may hold strings and templates of its own.
    else if (quote === "`" && family === "js" && code.startsWith("${", end)) depth += 1;
    else if (depth > 0 && code[end] === "}") depth -= 1;
    else if (depth === 0 && code.startsWith(close, end)) break;
  }
  const raw = code.slice(at + triple, end);
  const text = prefix.includes("r") ? raw : raw.replace(/\\(x[0-9a-fA-F]{2}|[\s\S])/g, unescape);
  const shells: readonly Family[] = ["perl", "ruby", "php"];
  if (quote === "`" && shells.includes(family)) return [{ kind: "shell", text }, end + triple];
  return [{ kind: "string", text, fill: fillOf(quote, family, prefix) }, end + triple];
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\n": "" };

function unescape(_: string, code: string): string {
  if (code.length === 3) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
  return escapes[code] ?? code;
}

function fillOf(quote: string, family: Family, prefix: string): Fill {
  if (family === "js") return quote === "`" ? "js" : "none";
  if (family === "python") return prefix.includes("f") ? "braces" : "none";
  if (quote !== '"') return "none";
  if (family === "ruby") return "hash";
  return family === "perl" || family === "php" ? "dollar" : "none";
}
