import type { Effect } from "../core/action.ts";
import { allInvocations } from "./argv.ts";
import type { Invocation } from "./argv.ts";
import { commandLine, given, nameSet, optionValue, optionValues, startsWith } from "./command-line.ts";
import type { CommandLine } from "./command-line.ts";
import { aimOfName, isLocal, placeIn } from "./database.ts";
import type { Aim } from "./database.ts";
import { once } from "./once.ts";
import { baseName } from "./paths.ts";

/** What a migration tool or a framework's database task throws away. */
export type Wiped = "nothing" | "some" | "everything";

type Task = (line: CommandLine) => Wiped;

const when = (condition: boolean, wiped: Wiped = "everything"): Wiped => (condition ? wiped : "nothing");
const someWord = (line: CommandLine, pattern: RegExp): boolean =>
  line.words.some((word) => pattern.test(word));

const rails: Task = (line) =>
  someWord(line, /^db:(drop|reset|purge|truncate_all|migrate:reset|seed:replant)(:|$)/)
    ? "everything"
    : when(someWord(line, /^db:schema:load(:|$)|^db:structure:load(:|$)/), "some");

const laravel: Task = (line) =>
  someWord(line, /^(migrate:(fresh|reset|refresh)|db:wipe)$/) ? when(!given(line, "pretend")) : "nothing";

const adonis: Task = (line) => when(someWord(line, /^(migration:(fresh|reset|refresh)|db:(wipe|truncate))$/));

const django: Task = (line) =>
  startsWith(line, "migrate", "*", "zero")
    ? "some"
    : when(startsWith(line, "flush") || startsWith(line, "reset_db") || startsWith(line, "reset_schema"));

const builds: Task = (line) =>
  when(someWord(line, /(^|:)(flywayClean|flyway:clean|liquibase:dropAll|dropAll)$/));

const doctrine: Task = (line) => {
  if (someWord(line, /^doctrine:(database|schema|mongodb:schema):drop$/) && given(line, "force", "f"))
    return "everything";
  return when(someWord(line, /^doctrine:fixtures:load$/) && !given(line, "append"), "some");
};

// Each tool's own words for throwing the database away, from its manual.
const tasks: Readonly<Record<string, Task>> = {
  rails,
  rake: rails,
  artisan: laravel,
  sail: laravel,
  ace: adonis,
  "manage.py": django,
  "django-admin": django,
  django: django,
  console: doctrine,
  doctrine: (line) => when(someWord(line, /^orm:schema-tool:drop$/) && given(line, "force", "f")),
  prisma: (line) =>
    when(
      startsWith(line, "migrate", "reset") ||
        (startsWith(line, "db", "push") && given(line, "force-reset")) ||
        (startsWith(line, "migrate", "dev") && given(line, "force-reset")),
    ) === "everything"
      ? "everything"
      : when(startsWith(line, "db", "push") && given(line, "accept-data-loss"), "some"),
  knex: (line) =>
    when(startsWith(line, "migrate:rollback") && (given(line, "all") || line.words[1] === "all")),
  sequelize: (line) => when(someWord(line, /^db:(drop|migrate:undo:all)$/)),
  "sequelize-cli": (line) => when(someWord(line, /^db:(drop|migrate:undo:all)$/)),
  typeorm: (line) => when(someWord(line, /^schema:drop$/)),
  "typeorm-ts-node-commonjs": (line) => when(someWord(line, /^schema:drop$/)),
  "typeorm-ts-node-esm": (line) => when(someWord(line, /^schema:drop$/)),
  "mikro-orm": (line) =>
    when(
      someWord(line, /^(schema:(drop|fresh)|migration:fresh)$/) &&
        (given(line, "run", "r") || someWord(line, /fresh/)),
    ),
  "drizzle-kit": (line) => when(startsWith(line, "push") && given(line, "force"), "some"),
  payload: (line) => when(someWord(line, /^migrate:(fresh|reset|refresh)$/)),
  alembic: (line) => when(startsWith(line, "downgrade", "base") && !given(line, "sql")),
  flask: (line) => when(startsWith(line, "db", "downgrade", "base") && !given(line, "sql")),
  gradlew: builds,
  gradle: builds,
  mvn: builds,
  mvnw: builds,
  flyway: (line) => when(line.words.includes("clean")),
  liquibase: (line) => when(someWord(line, /^(drop-all|dropAll)$/)),
  goose: (line) => when(line.words.includes("reset") || line.words.join(" ").endsWith("down-to 0")),
  dbmate: (line) => when(line.words.includes("drop")),
  migrate: (line) => when(line.words.includes("drop") || (line.words.includes("down") && given(line, "all"))),
  atlas: (line) => when(startsWith(line, "schema", "clean")),
  sqlx: (line) => when(startsWith(line, "database", "drop") || startsWith(line, "database", "reset")),
  diesel: (line) =>
    when(
      startsWith(line, "database", "drop") ||
        startsWith(line, "database", "reset") ||
        (startsWith(line, "migration", "revert") && given(line, "all")),
    ),
  "sea-orm-cli": (line) => when(someWord(line, /^(fresh|reset|refresh)$/) && line.words[0] === "migrate"),
  mix: (line) =>
    when(someWord(line, /^ecto\.(drop|reset)$/) || (startsWith(line, "ecto.rollback") && given(line, "all"))),
  dotnet: (line) => when(startsWith(line, "ef", "database", "drop")),
  "dotnet-ef": (line) => when(startsWith(line, "database", "drop")),
  supabase: (line) =>
    when(startsWith(line, "db", "reset"), given(line, "linked", "db-url") ? "everything" : "some"),
  phinx: (line) =>
    when(startsWith(line, "rollback") && /^(0|all)$/.test(optionValue(line, "t", "target") ?? "")),
  edgedb: (line) =>
    when(/^(database|branch|instance) (drop|wipe|destroy)$/.test(line.words.slice(0, 2).join(" "))),
  gel: (line) =>
    when(/^(database|branch|instance) (drop|wipe|destroy)$/.test(line.words.slice(0, 2).join(" "))),
};

const valued = nameSet(
  "e E c p x t env environment settings database database-url url uri schema config configuration connection target context path dir name changelog-file changeLogFile app em m migrations-dir project startup-project source",
);

/** Whether a start of the program may be one of a tool, or start one. */
export function mayStartTask(program: string): boolean {
  const name = withoutVersion(program);
  return starters.test(name) || Object.hasOwn(tasks, name);
}

/** Starts of the tools, with what only starts them (`python manage.py`, `php artisan`, `yarn prisma`) taken off. */
export const taskStarts = once((effects: readonly Effect[]): readonly Invocation[] =>
  allInvocations(effects).flatMap((invocation) => {
    const start = unwrapped(invocation);
    return Object.hasOwn(tasks, start.program) ? [start] : [];
  }),
);

// Words such as `exec`, with which a package manager runs any program, are read by the shell reader.
const starters = /^(python[\d.]*|php[\d.]*|ruby|node|yarn|pnpm|npm|bun|deno)$/;

function unwrapped(start: Invocation): Invocation {
  const program = withoutVersion(start.program);
  if (!starters.test(program)) return program === start.program ? start : { ...start, program };
  const at = start.words.findIndex((word) => !word.startsWith("-") && word !== "run");
  const word = start.words[at];
  if (word === undefined) return start;
  return {
    ...start,
    program: baseName(word).replace(/\.(js|mjs|cjs|ts)$/, ""),
    words: start.words.slice(at + 1),
  };
}

/** `prisma@6` is `prisma` in a certain version. */
function withoutVersion(program: string): string {
  const cut = program.indexOf("@", 1);
  return cut < 0 ? program : program.slice(0, cut);
}

export function wipes(start: Invocation): Wiped {
  const task = Object.hasOwn(tasks, start.program) ? tasks[start.program] : undefined;
  const line = commandLine(start, valued);
  if (task === undefined || given(line, "help", "dry-run", "dryRun", "pretend")) return "nothing";
  return task(line);
}

const databaseWords =
  /^(db|migrate|migration|migrations|schema|ecto|database)\b|^(runner|console|dbconsole|shell|dbshell|shell_plus|tinker|flush|loaddata|upgrade|downgrade|up|down|update|push|reset|redo|rollback|clean|drop|ef)$|^doctrine:/;

/** Whether the tool would reach the database at all: it also compiles assets and lists routes. */
export function isDatabaseTask(start: Invocation): boolean {
  const line = commandLine(start, valued);
  return line.words.slice(0, 3).some((word) => databaseWords.test(word)) && !given(line, "help");
}

/** What the database of a tool is for, as its options and variables say. */
export function taskAim(start: Invocation): Aim {
  const line = commandLine(start, valued);
  const { env = {} } = start;
  const named = [
    ...optionValues(
      line,
      "env",
      "environment",
      "e",
      "settings",
      "database",
      "connection",
      "configuration",
      "context",
      "x",
      "em",
    ),
    ...line.words.flatMap((word) => /^[A-Z_]*ENV=(.*)$/.exec(word)?.slice(1) ?? []),
    ...Object.entries(env).flatMap(([name, value]) =>
      /(_ENV|_ENVIRONMENT|^PGDATABASE|^DJANGO_SETTINGS_MODULE)$/.test(name) ? [value] : [],
    ),
  ];
  const addresses = [
    ...optionValues(line, "database-url", "url", "uri", "database"),
    ...Object.entries(env).flatMap(([name, value]) => (/(DATABASE_URL|HOST)$/.test(name) ? [value] : [])),
  ].map((text) => placeIn(text));
  const aims = new Set(
    [...named, ...addresses.flatMap(({ host, name }) => [host ?? "", name ?? ""])].map((text) =>
      aimOfName(text),
    ),
  );
  if (aims.has("production")) return "production";
  if (addresses.some(({ host }) => !isLocal(host))) return "unknown";
  if (aims.has("test")) return "test";
  return aims.has("development") ? "development" : "unknown";
}
