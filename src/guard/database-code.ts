import type { Invocation } from "./argv.ts";
import { commandLine, nameSet, optionValues } from "./command-line.ts";
import { sqlLosses } from "./sql.ts";
import type { SqlLoss } from "./sql.ts";

/** What one line of code does to a database through a driver or an object mapper. */
export interface DatabaseCode {
  readonly losses: readonly SqlLoss[];
  /** Whether the code itself says that its database is made for the moment. */
  readonly scratch: boolean;
}

const codeOptions: Readonly<Record<string, readonly string[]>> = {
  python: ["c"],
  python3: ["c"],
  "manage.py": ["c", "command"],
  node: ["e", "p", "eval", "print"],
  bun: ["e", "eval"],
  tsx: ["e", "eval"],
  ruby: ["e"],
  rails: [],
  php: ["r", "execute"],
  artisan: ["execute"],
  mongosh: ["eval"],
  mongo: ["eval"],
  perl: ["e", "E"],
  flask: ["c"],
  deno: [],
};

export const codePrograms: ReadonlySet<string> = new Set(Object.keys(codeOptions));

const valued = nameSet("c e p r E eval print execute command host port u username d environment");

/** Reads the code that a start of an interpreter, a shell of a framework or MongoDB's shell is given. */
export function databaseCode(invocation: Invocation): DatabaseCode {
  const line = commandLine(invocation, valued);
  const options = codeOptions[invocation.program] ?? [];
  const [first] = line.words;
  const operand =
    (invocation.program === "rails" && (first === "runner" || first === "r")) || invocation.program === "deno"
      ? line.words.slice(1, 2)
      : [];
  // `perl -ne` and `node -pe` take the code after a cluster that the plain reading cuts elsewhere.
  const code = [...optionValues(line, ...options), ...operand, invocation.input ?? ""].join("\n");
  return { losses: lossesInCode(code), scratch: /:memory:|["'`](sqlite:\/*)?\/(var\/)?tmp\//.test(code) };
}

const codeAtMost = 20_000;
const literalsAtMost = 40;

function lossesInCode(whole: string): readonly SqlLoss[] {
  const code = whole.slice(0, codeAtMost);
  const calls = patterns.flatMap(({ pattern, loss }): readonly SqlLoss[] =>
    pattern.test(code) ? [loss] : [],
  );
  if (
    !/\b(execute\w*|exec|query|run|executescript|raw|\$executeRaw\w*|prepare|do|statement|unprepared)\b\s*[(`]/.test(
      code,
    )
  )
    return calls;
  const texts = [
    ...code
      .matchAll(/"""([\s\S]*?)"""|'''([\s\S]*?)'''|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`([^`]*)`/g)
      .take(literalsAtMost),
  ];
  const sql = texts
    .map(([, ...groups]) => groups.find((group) => group !== undefined) ?? "")
    .filter((text) => /^\s*(drop|truncate|delete|update|alter|begin|create|with|set|do)\b/i.test(text));
  return [...calls, ...sqlLosses(sql.join("\n;\n"), { transactional: true })];
}

const everyRow: SqlLoss = { kind: "every-row", verb: "DELETE", name: "" };
const everyChange: SqlLoss = { kind: "every-row", verb: "UPDATE", name: "" };
const collection: SqlLoss = { kind: "drop", what: "collection", name: "" };
const database: SqlLoss = { kind: "drop", what: "database", name: "" };

// Calls of drivers and object mappers that act on everything: each names its selection, and here it is empty.
const patterns: readonly { readonly pattern: RegExp; readonly loss: SqlLoss }[] = [
  { pattern: /\bdropDatabase\s*\(|\bdrop_database\s*\(/, loss: database },
  {
    pattern:
      /\bdb\.(?:\w+|getCollection\([^)]*\)|\w+\[[^\]]*\])\.drop\s*\(|\bdropCollection\s*\(|\bdrop_collection\s*\(/,
    loss: collection,
  },
  { pattern: /\bdrop_all\s*\(\s*\w*\s*\)|\bMetadata\w*\.drop_all\b/, loss: database },
  { pattern: /\.sync\s*\(\s*\{[^}]*\bforce\s*:\s*true/, loss: database },
  {
    pattern: /\.(?:deleteMany|delete_many)\s*\(\s*(?:\{\s*\}\s*)?(?:\)|,)|\.remove\s*\(\s*\{\s*\}\s*(?:\)|,)/,
    loss: everyRow,
  },
  { pattern: /\.(?:updateMany|update_many)\s*\(\s*\{\s*\}\s*,/, loss: everyChange },
  {
    pattern: /\b[A-Z]\w*(?:::[A-Z]\w*)*\.(?:unscoped\.)?(?:all\.)?(?:delete_all|destroy_all)\b/,
    loss: everyRow,
  },
  { pattern: /\.objects\.all\(\)\.delete\(/, loss: everyRow },
  {
    pattern: /::truncate\s*\(|::query\(\)->(?:delete|truncate)\(|DB::table\([^)]*\)->(?:delete|truncate)\(/,
    loss: everyRow,
  },
  { pattern: /\bflush(?:all|db)\s*\(/i, loss: { kind: "drop", what: "key space", name: "" } },
];
