import type { Effect } from "../../core/action.ts";
import type { Invocation } from "../argv.ts";
import { invocations } from "../argv.ts";
import { commandLine, given, nameSet, optionValue, startsWith, triesOnly } from "../command-line.ts";
import { aimOfName, aimOfUse, databaseUse, isLocal, placeIn, sqlClients, variableAim } from "../database.ts";
import type { Aim } from "../database.ts";
import { codePrograms, databaseCode } from "../database-code.ts";
import { taskAim } from "../database-tasks.ts";
import { once } from "../once.ts";
import { resolvePath } from "../paths.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { hole } from "../shell/shell.ts";
import { sqlLosses } from "../sql.ts";
import type { SqlLoss } from "../sql.ts";
import { watching } from "../watching.ts";

const drop: Rule = {
  id: "db/drop",
  irreversible: true,
  verdict: "deny",
  says: "it drops or empties a database, schema, table or key space",
  instead: "psql -c '\\dt+'",
  find: watching({ programs: (name) => dropping.some((names) => names.has(name)) }, (scene) => [
    ...lossesIn(scene, "drop"),
    ...lossesIn(scene, "drop-column").map((found): Hit => ({
      ...found,
      says: "it drops a column with everything in it",
      verdict: "ask",
    })),
    ...programs(scene),
    ...indices(scene),
  ]),
  mustBlock: [
    'psql -c "DROP TABLE users"',
    "psql -h db.example.com -U app app -c 'drop schema public cascade'",
    "psql <<'EOF'\nBEGIN;\nTRUNCATE users;\nCOMMIT;\nEOF",
    "echo 'DROP DATABASE app' | sudo -u postgres psql",
    'mysql -uroot -psecret -e "DROP DATABASE shop"',
    "mysql shop <<< 'TRUNCATE TABLE orders'",
    "sqlite3 app.db 'DROP TABLE users;'",
    "PGPASSWORD=x psql postgres://app@db.internal:5432/app -c 'DROP/**/TABLE users'",
    'psql -c "DROP TABLE $TABLE"',
    "echo 'drop table users' > /tmp/x.sql && psql -f /tmp/x.sql app",
    "mysql -e'drop database shop'",
    "dropdb app",
    "dropdb -h db.example.com app_test",
    "mysqladmin -u root drop shop -f",
    "redis-cli FLUSHALL",
    "redis-cli -h cache -n 2 flushdb async",
    "echo flushall | redis-cli",
    "mongosh shop --eval 'db.dropDatabase()'",
    "mongosh --quiet --eval 'db.users.drop()' mongodb://db.example.com/shop",
    "cqlsh -e 'DROP KEYSPACE shop'",
    "bq rm -r -f shop",
    "bq query --use_legacy_sql=false 'DROP TABLE shop.orders'",
    "clickhouse-client -q 'TRUNCATE TABLE events'",
    "bash -c \"psql app -c 'DROP TABLE users'\"",
    "sqlcmd -S db -d shop -Q 'DROP TABLE dbo.users'",
    "python3 -c \"import sqlite3; sqlite3.connect('app.db').execute('DROP TABLE users')\"",
    "psql -c 'ALTER TABLE users DROP COLUMN email'",
    "redis-cli --scan --pattern '*' | xargs redis-cli del",
    "echo flush_all | nc localhost 11211",
    "pg_restore --clean --dbname app backup.dump",
    "curl -XDELETE localhost:9200/_all",
    "curl -X DELETE 'https://search.example.com:9200/orders'",
    "heroku pg:psql --app shop -c 'drop table carts'",
  ],
  mustAllow: [
    "psql -c 'select * from users where name like $$DROP TABLE$$'",
    "psql app_test -c 'DROP SCHEMA public CASCADE'",
    "psql -U postgres -c 'DROP DATABASE IF EXISTS app_test'",
    "dropdb --if-exists app_test",
    "sqlite3 /tmp/x.db 'DROP TABLE users'",
    "sqlite3 test.db 'drop table users; create table users (id int)'",
    "sqlite3 :memory: 'create table a (b int); drop table a'",
    "psql -c 'BEGIN; DROP TABLE users; ROLLBACK'",
    "psql app < migrations/0001.sql",
    "mysqldump shop > /tmp/shop.sql",
    "redis-cli get flushall",
    "redis-cli info keyspace",
    "mongosh --eval 'db.users.find().limit(3)'",
    'node -e "el.remove()"',
    "python -c 's = set([1]); s.remove(1)'",
    "grep -rn 'DROP TABLE' migrations",
    "echo 'DROP TABLE users;' >> migrations/0007_down.sql",
    "git commit -m 'DROP TABLE users in the down migration'",
    "bq ls shop",
    "python3 -c \"import sqlite3; c=sqlite3.connect(':memory:'); c.execute('DROP TABLE IF EXISTS a')\"",
    "pg_restore --list backup.dump",
    "curl -s localhost:9200/_cat/indices",
    "curl -X DELETE localhost:9200/orders_test",
    "curl -X DELETE localhost:3000/api/carts/3",
  ],
};

const deleteAll: Rule = {
  id: "db/delete-all",
  irreversible: true,
  verdict: "deny",
  says: "it deletes or changes every row, as no condition selects some of them",
  instead: "psql -c 'select count(*) from users where created_at < now()'",
  find: watching({ programs: (name) => sqlClients.has(name) || codePrograms.has(name) }, (scene) =>
    lossesIn(scene, "every-row"),
  ),
  mustBlock: [
    "psql -c 'DELETE FROM users'",
    'mysql shop -e "update users set admin = 1"',
    "psql app -c 'DELETE FROM users WHERE 1=1'",
    "sqlite3 app.db 'delete from sessions;'",
    "psql <<SQL\nWITH gone AS (DELETE FROM users RETURNING *) SELECT count(*) FROM gone;\nSQL",
    "cat <<'EOF' | mysql shop\nDELETE FROM orders;\nEOF",
    "mongosh shop --eval 'db.users.deleteMany({})'",
    "rails runner 'User.delete_all'",
    "python manage.py shell -c 'from shop.models import Order; Order.objects.all().delete()'",
    "env PGHOST=db.example.com psql app_test -c 'DELETE FROM users'",
    "node -e \"new Client().query('DELETE FROM users')\"",
  ],
  mustAllow: [
    "psql -c 'DELETE FROM users WHERE id = 3'",
    "psql -c \"UPDATE users SET name = 'x' WHERE id = 1\"",
    "psql app_test -c 'DELETE FROM users'",
    "mysql shop -e \"select * from users where note = 'DELETE FROM users'\"",
    "sqlite3 /tmp/copy.db 'delete from sessions'",
    "RAILS_ENV=test rails runner 'User.delete_all'",
    "rails runner 'User.where(id: 3).delete_all'",
    "mongosh --eval 'db.users.deleteMany({age: 3})'",
    "psql -c 'EXPLAIN DELETE FROM users'",
    "python manage.py shell -c 'print(Order.objects.all().count())'",
  ],
};

export const rules: readonly Rule[] = [drop, deleteAll];

function lossesIn(scene: Scene, kind: SqlLoss["kind"]): readonly Hit[] {
  return allLosses(scene).flatMap(({ loss, hits }) => (loss.kind === kind ? hits : []));
}

interface Found {
  readonly loss: SqlLoss;
  readonly hits: readonly Hit[];
}

const allLosses = once((scene: Scene): readonly Found[] => {
  const sql = invocations(scene.effects, sqlClients).flatMap((start): readonly Found[] => {
    const use = databaseUse(start);
    if (use === undefined) return [];
    // A file that the same action wrote is known; any other is the repository's.
    const files = use.files.map((name) => scene.reading.written.get(resolvePath(name, start.cwd) ?? ""));
    const text = [use.statements, ...files.map((file) => file ?? "")].join("\n;\n");
    const losses = sqlLosses(text, use.dialect);
    const byVariable = losses.length === 0 ? "unknown" : variableAim(scene.action, start);
    return losses.map((loss) => {
      const named = loss.kind === "drop" && /^(database|keyspace)$/.test(loss.what) ? loss.name : undefined;
      const aim = aimOfUse(use, start.cwd, scene.facts, named);
      return { loss, hits: hit(start, strictest(aim, byVariable), named) };
    });
  });
  const code = invocations(scene.effects, codePrograms).flatMap((start): readonly Found[] => {
    const { losses, scratch } = databaseCode(start);
    if (scratch || losses.length === 0) return [];
    const hits = hit(start, strictest(codeAim(start), variableAim(scene.action, start)), undefined);
    return losses.map((loss) => ({ loss, hits }));
  });
  return [...sql, ...code];
});

/** Nothing where the database is for tests, a question where it is for development. */
function hit(start: Invocation, aim: Aim, name: string | undefined): readonly Hit[] {
  const at = start.span === undefined ? {} : { span: start.span };
  switch (aim) {
    case "test":
      return [];
    case "development":
      return [{ ...at, verdict: "ask" }];
    case "production":
    case "unknown":
      return [name === undefined || name.includes(hole) ? at : { ...at, says: `it drops ${name}` }];
  }
}

function strictest(one: Aim, other: Aim): Aim {
  if (one === "production" || other === "production") return "production";
  return one === "unknown" ? other : one;
}

function codeAim(start: Invocation): Aim {
  if (start.program !== "mongosh" && start.program !== "mongo") return taskAim(start);
  const line = commandLine(start, mongoOptions);
  const place = line.words[0] ?? "";
  const { host, name } = placeIn(place);
  const at = host ?? optionValue(line, "host");
  if (aimOfName(`${at ?? ""} ${place}`) === "production") return "production";
  return isLocal(at) ? aimOfName(name ?? place) : "unknown";
}

const mongoOptions = nameSet("eval host port u username p password authenticationDatabase f file");

const redis = nameSet("redis-cli valkey-cli keydb-cli iredis");
const redisOptions = nameSet("h p s a u n r i d user pass");
const others = nameSet(
  "dropdb mysqladmin mariadb-admin bq nc ncat telnet influx etcdctl pg_restore mongorestore supabase heroku",
);
const otherOptions = nameSet(
  "h host p port U username u user d dbname D database maintenance-db project_id location uri db nsInclude n T t j F a app endpoints",
);

const curl = nameSet("curl");
const dropping = [sqlClients, codePrograms, redis, others, curl];

/** Programs whose arguments, and no statements, say what is dropped. */
function programs(scene: Scene): readonly Hit[] {
  const flushed = invocations(scene.effects, redis).flatMap((start) => {
    const line = commandLine(start, redisOptions);
    const text = [line.words.join(" "), ...(start.input ?? "").split("\n")];
    const flushes = text.some((item) => /^\s*flush(all|db)\b|^\s*eval\b.*\bflush/i.test(item));
    if (flushes) return hit(start, "unknown", undefined);
    const deletes = /^(del|unlink)$/i.test(line.words[0] ?? "") && line.words.includes(hole);
    if (!deletes || !listsKeys(scene.effects)) return [];
    return hit(start, "development", undefined).map((item) => ({
      ...item,
      says: "it deletes every key that a pattern matches",
    }));
  });
  const dropped = invocations(scene.effects, others).flatMap((start) => {
    const line = commandLine(start, otherOptions);
    const name = droppedBy(start, line);
    if (name === undefined || triesOnly(line)) return [];
    const local = isLocal(optionValue(line, "h", "host") ?? placeIn(name).host);
    const aim = aimOfName(placeIn(name).name ?? name);
    const verdict = local || aim === "production" ? aim : "unknown";
    const hits = hit(start, verdict, undefined);
    return /^(pg_restore|mongorestore)$/.test(start.program) && verdict !== "production"
      ? hits.map((item): Hit => ({ ...item, verdict: "ask", says: "it drops what it then restores" }))
      : hits;
  });
  return [...flushed, ...dropped];
}

const listsKeys = once((effects: readonly Effect[]): boolean =>
  invocations(effects, redis).some((start) => {
    const line = commandLine(start, redisOptions);
    return given(line, "scan") || /^keys$/i.test(line.words[0] ?? "");
  }),
);

/** What such a program drops; `undefined` where it drops nothing. */
function droppedBy(
  { program, input = "" }: Invocation,
  line: ReturnType<typeof commandLine>,
): string | undefined {
  const { words } = line;
  switch (program) {
    case "dropdb":
      return words[0];
    case "mysqladmin":
    case "mariadb-admin":
      return words[0] === "drop" ? words[1] : undefined;
    case "bq":
      return startsWith(line, "rm") ? words[1] : undefined;
    case "nc":
    case "ncat":
    case "telnet":
      return /^\s*flush_all\b/m.test(input) || /^flushall\b/im.test(input) ? "" : undefined;
    case "influx":
      return startsWith(line, "bucket", "delete") || startsWith(line, "org", "delete") ? "" : undefined;
    case "etcdctl":
      return startsWith(line, "del") && (given(line, "prefix", "from-key") || words[1] === "")
        ? ""
        : undefined;
    case "supabase":
      return startsWith(line, "db", "reset") && given(line, "linked", "db-url") ? "" : undefined;
    case "heroku":
      return /^(pg:reset|pg:kill|redis:reset)$/.test(words[0] ?? "")
        ? (optionValue(line, "a", "app") ?? "")
        : undefined;
    case "pg_restore":
      return given(line, "clean", "c") && optionValue(line, "d", "dbname") !== undefined
        ? optionValue(line, "d", "dbname")
        : undefined;
    case "mongorestore":
      return given(line, "drop") ? (optionValue(line, "uri", "d", "db") ?? "") : undefined;
    default:
      return undefined;
  }
}

const curlOptions = nameSet(
  "X request H header d data data-raw data-binary json u user o output m max-time w url",
);

/** Search engines are asked over HTTP: an index is deleted by its address. */
function indices(scene: Scene): readonly Hit[] {
  return invocations(scene.effects, curl).flatMap((start) => {
    const line = commandLine(start, curlOptions);
    const place = [...line.words, ...(line.options.get("url") ?? [])]
      .map((word) => /^(?:https?:\/\/)?(?:[^@/]*@)?([^/:@]+):9200\/([^?]*)/.exec(word))
      .find((match) => match !== null);
    if (place === undefined) return [];
    const [, host, path = ""] = place;
    const [index = "", document] = path.split("/");
    const deletes = optionValue(line, "X", "request") === "DELETE" && document === undefined;
    const empties = document === "_delete_by_query" && start.words.some((word) => word.includes("match_all"));
    if (!deletes && !empties) return [];
    return hit(start, isLocal(host) ? aimOfName(index) : "unknown", undefined);
  });
}
