import { hole } from "./shell/shell.ts";

/** What a text of SQL statements would destroy. */
export type SqlLoss =
  /** A database, schema, table or key space is dropped or emptied. */
  | { readonly kind: "drop"; readonly what: string; readonly name: string }
  | { readonly kind: "drop-column"; readonly name: string }
  /** Every row is deleted or changed. */
  | { readonly kind: "every-row"; readonly verb: "DELETE" | "UPDATE"; readonly name: string };

export interface SqlDialect {
  /** A backslash takes the meaning of a quote away, as in MySQL. */
  readonly backslash?: boolean;
  /** Definitions can be rolled back, as in PostgreSQL and SQLite. */
  readonly transactional?: boolean;
}

interface Token {
  readonly kind: "word" | "name" | "string" | "sign";
  /** Keywords in upper case; names and strings without their quotes. */
  readonly text: string;
  readonly raw: string;
}

// Longer texts are dumps and migrations; what a guard can judge stands in their first part.
const textAtMost = 20_000;
const depthAtMost = 3;

/** Finds what the statements destroy, wherever they stand: after a `WITH`, in a `DO` block, in text that is executed. */
export function sqlLosses(text: string, dialect: SqlDialect = {}): readonly SqlLoss[] {
  return losses(text.slice(0, textAtMost), dialect, 0);
}

function losses(text: string, dialect: SqlDialect, depth: number): readonly SqlLoss[] {
  const found: SqlLoss[] = [];
  const made = new Set<string>();
  let opened: number | undefined;
  for (const statement of statements(tokens(text, dialect))) {
    const first = keyword(statement[0]);
    const second = keyword(statement[1]);
    if (
      first === "START" ||
      (first === "BEGIN" && /^(|TRAN|TRANSACTION|WORK|IMMEDIATE|EXCLUSIVE|DEFERRED|ISOLATION)$/.test(second))
    )
      opened = found.length;
    if (first === "COMMIT" || first === "END") opened = undefined;
    if (first === "ROLLBACK" && second !== "TO" && opened !== undefined) {
      if (dialect.transactional === true) found.length = opened;
      opened = undefined;
    }
    const table = first === "CREATE" ? created(statement) : undefined;
    if (table !== undefined) made.add(table);
    found.push(
      ...inStatement(statement, dialect, depth).filter((loss) => !made.has(loss.name.toLowerCase())),
    );
  }
  return found;
}

/** The name of a table that the statement makes; what it makes it may also drop. */
function created(statement: readonly Token[]): string | undefined {
  const at = statement.findIndex((token) => /^(TABLE|DATABASE|SCHEMA)$/.test(keyword(token)));
  return at < 0 || at > 4 ? undefined : nameAfter(statement, at + 1).toLowerCase();
}

// Words after which another statement begins within a statement.
const openers = /^(THEN|ELSE|LOOP|BEGIN|ANALYZE|VERBOSE)$/;

function inStatement(statement: readonly Token[], dialect: SqlDialect, depth: number): readonly SqlLoss[] {
  const first = keyword(statement[0]);
  if (first === "EXPLAIN" && !statement.some((token) => keyword(token) === "ANALYZE")) return [];
  if (
    first === "MERGE" ||
    first === "INSERT" ||
    first === "COMMENT" ||
    first === "GRANT" ||
    first === "REVOKE"
  )
    return [];
  const runsFrom = statement.findIndex((token) => /^(DO|EXEC|EXECUTE|PREPARE|CALL)$/.test(keyword(token)));
  const found: SqlLoss[] = [];
  // A routine or trigger is only defined; its body runs some other day.
  if (
    first === "CREATE" &&
    statement.some((token) => /^(FUNCTION|PROCEDURE|TRIGGER|RULE|EVENT|POLICY)$/.test(keyword(token)))
  )
    return [];
  statement.forEach((token, index) => {
    const before = statement[index - 1];
    const previous = keyword(before);
    if (token.kind === "string") {
      // Only what a statement executes is looked into; other strings are data.
      const runs = runsFrom >= 0 && runsFrom < index && depth < depthAtMost;
      if (runs) found.push(...losses(token.text, dialect, depth + 1));
      return;
    }
    const starts =
      index === 0 ||
      openers.test(previous) ||
      (previous === "AS" && first === "PREPARE") ||
      before?.raw === "(" ||
      // What cannot be known may be whole statements before this one.
      before?.raw === hole ||
      (before?.raw === ")" && (first === "WITH" || first === "EXPLAIN"));
    if (!starts || token.kind !== "word") return;
    const loss = lossAt(statement.slice(index));
    if (loss !== undefined) found.push(loss);
  });
  return found;
}

const dropped =
  /^(DATABASE|SCHEMA|TABLE|KEYSPACE|TABLESPACE|OWNED|CATALOG|COLLECTION|BUCKET|DICTIONARY|SNAPSHOT|MATERIALIZED)$/;

function lossAt(rest: readonly Token[]): SqlLoss | undefined {
  const words = rest.map((token) => keyword(token));
  switch (words[0]) {
    case "DROP": {
      const external = /^(EXTERNAL|FOREIGN|UNLOGGED|HYBRID)$/.test(words[1] ?? "") ? 1 : 0;
      const what = words[1 + external] ?? "";
      if (!dropped.test(what) || what === "MATERIALIZED") return undefined;
      const name = nameAfter(rest, 2 + external);
      return { kind: "drop", what: what.toLowerCase(), name };
    }
    case "TRUNCATE": {
      const at = /^(TABLE|DATABASE)$/.test(words[1] ?? "") ? 2 : 1;
      return rest[at] === undefined || rest[at].raw === "("
        ? undefined
        : { kind: "drop", what: "table", name: nameAfter(rest, at) };
    }
    case "ALTER":
      return words[1] === "TABLE" ? lossInAlter(rest, words) : undefined;
    case "DELETE": {
      const at = words.indexOf("FROM");
      if (at < 0 || at > 3 || narrowed(rest, at + 1)) return undefined;
      return { kind: "every-row", verb: "DELETE", name: nameAfter(rest, at + 1) };
    }
    case "UPDATE": {
      const set = words.indexOf("SET");
      if (set < 1 || set > 12 || narrowed(rest, 1)) return undefined;
      return { kind: "every-row", verb: "UPDATE", name: nameAfter(rest, 1) };
    }
    default:
      return undefined;
  }
}

function lossInAlter(rest: readonly Token[], words: readonly string[]): SqlLoss | undefined {
  const at = words.findIndex((word, index) => word === "DROP" && index > 2);
  const what = words[at + 1] ?? "";
  if (
    at < 0 ||
    /^(CONSTRAINT|INDEX|KEY|PRIMARY|FOREIGN|DEFAULT|NOT|CHECK|EXPRESSION|IDENTITY|TRIGGER)$/.test(what)
  )
    return undefined;
  const name = nameAfter(rest, 2);
  return what === "PARTITION" || what === "PARTITIONS"
    ? { kind: "drop", what: "partition", name }
    : { kind: "drop-column", name };
}

/** Whether a condition that is not always true, a join or a limit selects some of the rows. */
function narrowed(rest: readonly Token[], from: number): boolean {
  let depth = 0;
  for (let i = from; i < rest.length; i++) {
    const token = rest[i];
    if (token?.raw === "(") depth += 1;
    if (token?.raw === ")") depth -= 1;
    if (depth < 0) return false;
    if (depth > 0) continue;
    const word = keyword(token);
    if (/^(LIMIT|TOP|JOIN|USING|IF)$/.test(word)) return true;
    if (word === "WHERE") return !alwaysTrue(rest.slice(i + 1));
    // A part that cannot be known may be the condition, unless it is a value or the name itself.
    if (token?.raw === hole && i > from && rest[i - 1]?.raw !== "=") return true;
  }
  return false;
}

function alwaysTrue(condition: readonly Token[]): boolean {
  const shown = condition.flatMap((token) => (/^[()]$/.test(token.raw) ? [] : [token.text]));
  return shown.some((_, at) => (at === 0 || /^or$/i.test(shown[at - 1] ?? "")) && isTrue(shown.slice(at)));
}

function isTrue([left = "", sign, right, next]: readonly string[]): boolean {
  const ends = (word: string | undefined): boolean =>
    word === undefined || /^(RETURNING|OR|SETTINGS)$/i.test(word);
  if ((sign === "=" || sign === "==") && left === right) return ends(next);
  return /^(true|1)$/i.test(left) && ends(sign);
}

function nameAfter(rest: readonly Token[], at: number): string {
  let from = at;
  while (/^(IF|NOT|EXISTS|ONLY|CONCURRENTLY|BY|TABLE|LOW_PRIORITY|IGNORE|QUICK)$/.test(keyword(rest[from])))
    from += 1;
  const parts: string[] = [];
  for (let i = from; i < rest.length; i++) {
    const token = rest[i];
    if (token === undefined || token.raw === "(") break;
    if (token.raw === ".") continue;
    if (parts.length > 0 && rest[i - 1]?.raw !== ".") break;
    if (token.kind === "sign") break;
    parts.push(token.kind === "word" ? token.raw : token.text);
  }
  return parts.join(".");
}

function keyword(token: Token | undefined): string {
  return token?.kind === "word" ? token.text : "";
}

function statements(all: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  let block = 0;
  for (const token of all) {
    const last = parts.at(-1);
    const word = keyword(token);
    const routine = keyword(last?.[0]) === "CREATE";
    if (routine && (word === "BEGIN" || word === "CASE")) block += 1;
    if (routine && word === "END") block -= 1;
    const ends = token.raw === ";" || word === "GO";
    if (!ends) last?.push(token);
    else if (block <= 0) {
      block = 0;
      parts.push([]);
    }
  }
  return parts.filter((part) => part.length > 0);
}

function tokens(text: string, { backslash = false }: SqlDialect): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? "";
    if (/\s/.test(char)) at += 1;
    else if (text.startsWith("--", at)) at = after(text, "\n", at);
    else if (/^\/\*!\d*/.test(text.slice(at, at + 9)) && backslash)
      // MySQL runs what stands in such a comment.
      at += /^\/\*!\d*/.exec(text.slice(at, at + 9))?.[0].length ?? 3;
    else if (text.startsWith("*/", at)) at += 2;
    else if (text.startsWith("/*", at)) at = after(text, "*/", at + 2);
    else {
      const token = tokenAt(text, at, backslash);
      found.push(token);
      at += token.raw.length;
    }
  }
  return found;
}

function after(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}

function tokenAt(text: string, at: number, backslash: boolean): Token {
  const char = text[at] ?? "";
  if (char === "'") return quoted(text, at, "'", "string", backslash);
  // MySQL's double quotes hold a string, everybody else's a name; a name in a place for strings is harmless.
  if (char === '"') return quoted(text, at, '"', backslash ? "string" : "name", backslash);
  if (char === "`") return quoted(text, at, "`", "name", false);
  if (char === "[") {
    const end = /^\[[\w .$-]{1,128}\]/.exec(text.slice(at, at + 130))?.[0];
    if (end !== undefined) return { kind: "name", text: end.slice(1, -1), raw: end };
  }
  if (char === "$") {
    const tag = /^\$(?:[A-Za-z_]\w{0,60})?\$/.exec(text.slice(at, at + 64))?.[0];
    if (tag !== undefined) {
      const raw = text.slice(at, after(text, tag, at + tag.length));
      return { kind: "string", text: raw.slice(tag.length, raw.length - tag.length), raw };
    }
  }
  const word = /^[\p{L}_\uE000][\p{L}\p{N}_$\uE000]*/u.exec(text.slice(at, at + 256))?.[0];
  if (word !== undefined) return { kind: "word", text: word.toUpperCase(), raw: word };
  const number = /^\d[\w.]*/.exec(text.slice(at, at + 64))?.[0];
  if (number !== undefined) return { kind: "sign", text: number, raw: number };
  const sign = /^(?:==|<=|>=|<>|!=|::)/.exec(text.slice(at, at + 2))?.[0] ?? char;
  return { kind: "sign", text: sign, raw: sign };
}

function quoted(text: string, at: number, mark: string, kind: Token["kind"], backslash: boolean): Token {
  let end = at + 1;
  for (; end < text.length; end++) {
    if (backslash && text[end] === "\\") end += 1;
    else if (text[end] === mark) {
      if (text[end + 1] !== mark) break;
      end += 1;
    }
  }
  const raw = text.slice(at, end + 1);
  const inner = raw.slice(1, raw.endsWith(mark) && raw.length > 1 ? -1 : undefined);
  return { kind, text: inner.replaceAll(mark + mark, mark), raw };
}
