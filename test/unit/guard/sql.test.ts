import assert from "node:assert/strict";
import { test } from "node:test";
import { sqlLosses } from "../../../src/guard/sql.ts";
import type { SqlDialect } from "../../../src/guard/sql.ts";

const postgres: SqlDialect = { transactional: true };
const mysql: SqlDialect = { backslash: true };

const shown = (text: string, dialect: SqlDialect = postgres): readonly string[] =>
  sqlLosses(text, dialect).map((loss) => {
    switch (loss.kind) {
      case "drop":
        return `drop ${loss.what} ${loss.name}`;
      case "drop-column":
        return `drop column of ${loss.name}`;
      case "every-row":
        return `${loss.verb} every row of ${loss.name}`;
    }
  });

const finds = (cases: Readonly<Record<string, readonly string[]>>, dialect?: SqlDialect): void =>
  assert.deepEqual(Object.fromEntries(Object.keys(cases).map((text) => [text, shown(text, dialect)])), cases);

test("what drops or empties databases, schemas, tables and key spaces is found under its name", () => {
  finds({
    "DROP TABLE users": ["drop table users"],
    "drop table if exists public.users cascade;": ["drop table public.users"],
    'DROP SCHEMA "my app" CASCADE': ["drop schema my app"],
    "select 1; DROP DATABASE app": ["drop database app"],
    "DROP KEYSPACE shop": ["drop keyspace shop"],
    "TRUNCATE users, orders": ["drop table users"],
    "TRUNCATE TABLE ONLY users": ["drop table users"],
    "DROP FOREIGN TABLE f": ["drop table f"],
    "ALTER TABLE logs DROP PARTITION p2024": ["drop partition logs"],
    "ALTER TABLE users DROP COLUMN email": ["drop column of users"],
    "ALTER TABLE users DROP email": ["drop column of users"],
    "DROP/**/TABLE/* x */users": ["drop table users"],
    "-- harmless\nDROP TABLE users": ["drop table users"],
  });
});

test("a deletion or change of every row is found, also where its condition is always true", () => {
  finds({
    "DELETE FROM users": ["DELETE every row of users"],
    "UPDATE users SET admin = true": ["UPDATE every row of users"],
    "DELETE FROM users WHERE 1=1": ["DELETE every row of users"],
    "DELETE FROM users WHERE true": ["DELETE every row of users"],
    "DELETE FROM users WHERE id = 3 OR 1 = 1": ["DELETE every row of users"],
    "UPDATE users SET n = (SELECT max(n) FROM t WHERE t.id = 1)": ["UPDATE every row of users"],
    "WITH gone AS (DELETE FROM users RETURNING id) SELECT * FROM gone": ["DELETE every row of users"],
    "WITH a AS (SELECT 1) DELETE FROM users": ["DELETE every row of users"],
    "EXPLAIN ANALYZE DELETE FROM users": ["DELETE every row of users"],
    "\uE000\nDELETE FROM users": ["DELETE every row of users"],
    "DELETE FROM \uE000": ["DELETE every row of \uE000"],
  });
});

test("reads, narrowed changes and definitions are left alone", () => {
  finds({
    "SELECT 'DROP TABLE users'": [],
    "INSERT INTO log (text) VALUES ('x; DROP TABLE users')": [],
    "DELETE FROM users WHERE id = 3": [],
    "DELETE FROM users USING old WHERE users.id = old.id": [],
    "DELETE FROM users \uE000": [],
    "UPDATE users SET a = \uE000 WHERE id = 1": [],
    "SELECT * FROM users FOR UPDATE": [],
    "INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET n = 2": [],
    "EXPLAIN DELETE FROM users": [],
    "DROP INDEX users_email": [],
    "DROP VIEW report": [],
    "ALTER TABLE users DROP CONSTRAINT users_pk": [],
    "ALTER TABLE users ALTER COLUMN a DROP NOT NULL": [],
    "SELECT truncate(1.5, 1)": [],
    "-- DROP TABLE users": [],
    "/* DROP TABLE users; */ select 1": [],
    "COMMENT ON TABLE users IS 'DROP TABLE users'": [],
    "CREATE FUNCTION f() RETURNS void AS $$ BEGIN DELETE FROM users; END $$ LANGUAGE plpgsql": [],
    "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; END; SELECT 1": [],
    'SELECT "drop table users" FROM t': [],
  });
});

test("text that a statement executes is read as well", () => {
  finds({
    "DO $$ BEGIN EXECUTE 'DROP TABLE users'; END $$": ["drop table users"],
    "DO $x$ BEGIN DELETE FROM users; END $x$": ["DELETE every row of users"],
    "EXEC('DROP TABLE users')": ["drop table users"],
    "EXEC sp_executesql N'DROP DATABASE app'": ["drop database app"],
    "PREPARE p AS DELETE FROM users": ["DELETE every row of users"],
    "IF 1 = 1 BEGIN DROP TABLE users END": ["drop table users"],
  });
});

test("what the same text makes or rolls back again is no loss", () => {
  finds({
    "CREATE TEMP TABLE scratch (a int); DROP TABLE scratch": [],
    "DROP TABLE scratch; CREATE TABLE scratch (a int)": ["drop table scratch"],
    "BEGIN; DELETE FROM users; ROLLBACK": [],
    "BEGIN; DELETE FROM users; COMMIT": ["DELETE every row of users"],
    "BEGIN; ROLLBACK; DROP TABLE users": ["drop table users"],
    "BEGIN; DROP TABLE users; ROLLBACK TO a; COMMIT": ["drop table users"],
  });
  finds({ "BEGIN; DROP TABLE users; ROLLBACK": ["drop table users"] }, mysql);
});

test("quotes and comments are read as each dialect reads them", () => {
  finds({ "SELECT 'a\\'; DROP TABLE users; --'": ["drop table users"] }, postgres);
  finds(
    {
      "SELECT 'a\\'; DROP TABLE users; --'": [],
      "/*!50000 DROP TABLE users */": ["drop table users"],
      "DROP TABLE `my users`": ["drop table my users"],
      'SELECT "x; DROP TABLE users"': [],
    },
    mysql,
  );
  finds({ "DROP TABLE [dbo].[my users]\nGO\nSELECT 1": ["drop table dbo.my users"] });
});

test("unfinished quotes, comments and odd characters end the reading and throw nothing", () => {
  finds({
    "SELECT 'open": [],
    "/* open": [],
    "$$ open": [],
    DROP: [],
    "DROP TABLE": ["drop table "],
    "\0\uD800": [],
    "": [],
  });
});
