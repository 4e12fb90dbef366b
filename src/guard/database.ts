import type { Action, Facts } from "../core/action.ts";
import type { Invocation } from "./argv.ts";
import { commandLine, nameSet, optionValue, optionValues } from "./command-line.ts";
import type { CommandLine } from "./command-line.ts";
import { baseName, placeOfPath, resolvePath } from "./paths.ts";
import { hole, isKnown } from "./shell/shell.ts";
import type { SqlDialect } from "./sql.ts";

/** One start of a program that sends statements to a database. */
export interface DatabaseUse {
  /** The statements that it is given: as arguments, or on its standard input. */
  readonly statements: string;
  /** Files of statements. */
  readonly files: readonly string[];
  readonly dialect: SqlDialect;
  /** Names of the database, schema or file, and of an address, as they are given. */
  readonly name: string | undefined;
  readonly host: string | undefined;
  /** A database in a file of its own. */
  readonly file: boolean;
}

interface Client {
  /** Options that take the next word. */
  readonly valued: ReadonlySet<string>;
  /** Options whose value is a statement. */
  readonly statement: readonly string[];
  readonly host: readonly string[];
  readonly name: readonly string[];
  /** What the operands are, in order: `name`, `host`, `skip` a word, and all others `statement`. */
  readonly operands: readonly ("name" | "host" | "skip" | "statement")[];
  readonly dialect: SqlDialect;
  readonly file?: boolean;
  /** Lines that are commands of the client itself. */
  readonly own?: RegExp;
  /** Subcommands without which it sends no statements. */
  readonly words?: readonly string[];
}

const ansi: SqlDialect = { transactional: true };
const mysqlDialect: SqlDialect = { backslash: true };

const psql: Client = {
  valued: nameSet(
    "c command d dbname h host p port U username f file v set variable o output L log-file F field-separator P pset R record-separator T table-attr",
  ),
  statement: ["c", "command"],
  host: ["h", "host"],
  name: ["d", "dbname"],
  operands: ["name", "skip"],
  dialect: ansi,
  own: /^\s*\\.*$/gm,
};

const mysql: Client = {
  valued: nameSet(
    "e execute h host P port u user D database S socket protocol defaults-file defaults-extra-file defaults-group-suffix default-character-set init-command ssl-ca ssl-mode login-path",
  ),
  statement: ["e", "execute", "init-command"],
  host: ["h", "host"],
  name: ["D", "database"],
  operands: ["name"],
  dialect: mysqlDialect,
  own: /^[^\S\n]*(\\|(use|source)\s).*$/gim,
};

const sqlite: Client = {
  valued: nameSet("cmd init separator nullvalue newline mmap maxsize vfs lookaside pagecache"),
  statement: ["cmd"],
  host: [],
  name: [],
  operands: ["name", "statement"],
  dialect: ansi,
  file: true,
  own: /^\s*\..*$/gm,
};

const warehouse: Client = {
  valued: nameSet("e f q execute query file server host database catalog schema user d u h p"),
  statement: ["e", "q", "execute", "query"],
  host: ["server", "host", "h"],
  name: ["d", "database", "schema"],
  operands: [],
  dialect: mysqlDialect,
};

const clients: Readonly<Record<string, Client>> = {
  psql,
  pgcli: psql,
  usql: { ...psql, operands: ["name"] },
  mysql,
  mariadb: mysql,
  mycli: mysql,
  sqlite3: sqlite,
  sqlite: sqlite,
  litecli: sqlite,
  duckdb: { ...sqlite, valued: nameSet("c s cmd f init"), statement: ["c", "s", "cmd"] },
  sqlcmd: {
    valued: nameSet("Q q S d U P i o v h s w t l m b-x query server database-name"),
    statement: ["Q", "q", "query"],
    host: ["S", "server"],
    name: ["d", "database-name"],
    operands: [],
    dialect: ansi,
  },
  "clickhouse-client": warehouse,
  clickhouse: { ...warehouse, operands: ["skip"] },
  prisma: {
    valued: nameSet("file schema url config"),
    statement: [],
    host: [],
    name: ["url"],
    operands: ["skip", "skip"],
    dialect: {},
    words: ["db", "execute"],
  },
  cockroach: {
    valued: nameSet("e execute d database url host port user u format certs-dir"),
    statement: ["e", "execute"],
    host: ["url", "host"],
    name: ["d", "database"],
    operands: ["skip"],
    dialect: {},
    words: ["sql"],
  },
  cqlsh: {
    valued: nameSet("e execute f file k keyspace u username p password"),
    statement: ["e", "execute"],
    host: [],
    name: ["k", "keyspace"],
    operands: ["host", "skip"],
    dialect: {},
  },
  bq: {
    valued: nameSet("project_id dataset_id location format max_rows destination_table parameter"),
    statement: [],
    host: [],
    name: ["project_id", "dataset_id"],
    operands: ["skip", "statement"],
    dialect: mysqlDialect,
    words: ["query"],
  },
  snowsql: { ...warehouse, valued: nameSet("q query f filename a accountname d dbname s schemaname") },
  snow: { ...warehouse, operands: ["skip"], words: ["sql"] },
  trino: warehouse,
  presto: warehouse,
  hive: warehouse,
  beeline: warehouse,
  "spark-sql": warehouse,
  "impala-shell": warehouse,
  turso: {
    ...sqlite,
    file: false,
    operands: ["skip", "skip", "name", "statement"],
    words: ["db", "shell"],
  },
  heroku: {
    ...psql,
    valued: nameSet("c command a app r remote"),
    name: ["a", "app"],
    operands: ["skip", "skip"],
    words: ["pg:psql"],
  },
  wrangler: {
    ...sqlite,
    file: false,
    valued: nameSet("command file config c env e persist-to"),
    statement: ["command"],
    operands: ["skip", "skip", "name"],
    words: ["d1", "execute"],
  },
  aws: {
    ...warehouse,
    valued: nameSet(
      "sql query-string sqls database profile region resource-arn secret-arn cluster-identifier db-user",
    ),
    statement: ["sql", "sqls", "query-string"],
    host: ["resource-arn", "cluster-identifier"],
    name: ["database"],
  },
};

export const sqlClients: ReadonlySet<string> = new Set(Object.keys(clients));

/** Reads the start of a client; `undefined` where it sends no statements. */
export function databaseUse(invocation: Invocation): DatabaseUse | undefined {
  const client = Object.hasOwn(clients, invocation.program) ? clients[invocation.program] : undefined;
  if (client === undefined) return undefined;
  // MySQL's password stands at its letter and would read as a cluster of options.
  const words = invocation.words.filter((word) => client.dialect.backslash !== true || !/^-p./.test(word));
  const line = commandLine({ words }, client.valued);
  if (client.words?.some((word, index) => line.words[index] !== word) === true) return undefined;
  const operands = roles(line, client);
  const url = operands.find(({ role }) => role === "name")?.word;
  const { env = {} } = invocation;
  const statements = [
    ...optionValues(line, ...client.statement),
    ...operands.flatMap(({ role, word }) => (role === "statement" ? [word] : [])),
    ...(invocation.input === undefined ? [] : [invocation.input]),
  ].join("\n;\n");
  const name = optionValue(line, ...client.name) ?? url ?? env["PGDATABASE"] ?? env["PGSERVICE"];
  const address = placeIn(name ?? "");
  const host =
    optionValue(line, ...client.host) ??
    operands.find(({ role }) => role === "host")?.word ??
    address.host ??
    env["PGHOST"] ??
    env["MYSQL_HOST"];
  return {
    statements: client.own === undefined ? statements : statements.replace(client.own, ";"),
    files: optionValues(line, "f", "file", "input-file"),
    dialect: client.dialect,
    name: address.name ?? name,
    host,
    file: client.file === true,
  };
}

interface Operand {
  readonly role: Client["operands"][number];
  readonly word: string;
}

function roles(line: CommandLine, { operands }: Client): readonly Operand[] {
  const last = operands.at(-1);
  return line.words.flatMap((word, index): readonly Operand[] => {
    const role = operands[index] ?? (last === "statement" ? last : undefined);
    return role === undefined ? [] : [{ role, word }];
  });
}

/** Address and database of a URL or of a list such as `host=a dbname=b`. */
export function placeIn(text: string): { readonly host?: string; readonly name?: string } {
  const [, host, path] = /^[a-z][\w+.-]*:\/\/(?:[^@/]*@)?([^/?]*)(?:\/([^?]*))?/i.exec(text) ?? [];
  if (host !== undefined) return { host: host.replace(/:\d*$/, ""), ...(path ? { name: path } : {}) };
  const listed = /(?:^|\s)host(?:addr)?=(\S+)/.exec(text)?.[1];
  const named = /(?:^|\s)dbname=(\S+)/.exec(text)?.[1];
  return {
    ...(listed === undefined ? {} : { host: listed }),
    ...(named === undefined ? {} : { name: named }),
  };
}

/** What something on which a command works is for, as far as its names say. */
export type Aim = "production" | "test" | "development" | "unknown";

/** The aim that a name tells. */
export function aimOfName(name: string): Aim {
  if (/(^|[^a-z])(prod|production|prd|live)($|[^a-z])|[a-z]Prod(uction)?($|[^a-z])/i.test(name))
    return "production";
  if (/(^|[^a-z])(tests?|testing|testdb|spec|e2e|ci|tmp|temp|scratch)($|[^a-z])/i.test(name)) return "test";
  if (/(^|[^a-z])(dev|devel|development|local|sandbox|playground|demo)($|[^a-z])/i.test(name))
    return "development";
  return "unknown";
}

/** Whether an address is on this machine or, as a single word does, names a container beside this one. */
export function isLocal(host: string | undefined): boolean {
  if (host === undefined || host === "") return true;
  if (!isKnown(host)) return false;
  return /^(localhost|127\.[\d.]+|\[?::1\]?|0\.0\.0\.0|host\.docker\.internal|\/.*|[\w-]+)$/.test(
    host.replace(/[,:]\d+$/, ""),
  );
}

/** What the database is for. `named` is a database that the statement itself names. */
export function aimOfUse(
  { name, host, file }: DatabaseUse,
  cwd: string | undefined,
  facts: Facts,
  named?: string,
): Aim {
  const texts = [named, name, host].filter((text) => text !== undefined);
  if (texts.some((text) => aimOfName(text) === "production")) return "production";
  if (file) return name === undefined ? "test" : aimOfFile(name, cwd, facts);
  return isLocal(host) ? aimOfName(named ?? name ?? "") : "unknown";
}

/** A database file that is temporary, ignored or named for tests holds nothing to be kept. */
function aimOfFile(name: string, cwd: string | undefined, facts: Facts): Aim {
  const path = resolvePath(name.replace(/^file:/, "").replace(/\?.*$/, ""), cwd);
  if (name === ":memory:" || name === "") return "test";
  if (path === undefined) return aimOfName(baseName(name));
  const ignored =
    facts.paths !== undefined && new Map(Object.entries(facts.paths)).get(path)?.ignored === true;
  if (ignored || placeOfPath(path, facts).kind === "temp") return "test";
  return aimOfName(baseName(path));
}

/** What the variables in a command say whose values nobody knows, as in `psql "$TEST_DATABASE_URL"`. */
export function variableAim(action: Action, { span, words }: Invocation): Aim {
  if (action.kind !== "exec" || span === undefined || !words.some((word) => word.includes(hole)))
    return "unknown";
  const names = [
    ...action.command.slice(span.start, span.end).matchAll(/\$\{?(\w*(?:URL|URI|DSN|DB|DATABASE|HOST)\w*)/gi),
  ];
  const aims = names.map(([, name = ""]) => aimOfName(name));
  return aims.find((aim) => aim === "production") ?? aims.find((aim) => aim !== "unknown") ?? "unknown";
}
