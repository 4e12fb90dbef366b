import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { faultExits } from "../../../src/core/fault.ts";
import { stops } from "../../../src/core/stop.ts";

const root = join(import.meta.dirname, "../../..");
const terms: Readonly<Record<string, Readonly<Record<string, string>>>> = parse(
  readFileSync(join(root, "docs/terms.yaml"), "utf8"),
);

function words(section: string): readonly string[] {
  return Object.keys(terms[section] ?? {}).toSorted();
}

test("every operator fault is explained", () => {
  assert.deepEqual(words("faults"), Object.keys(faultExits).toSorted());
});

test("every stop reason and every verdict is explained", () => {
  assert.deepEqual(words("stops"), Object.keys(stops).toSorted());
  assert.deepEqual(
    words("verdicts"),
    [...new Set([...Object.values(stops).map((stop) => stop.verdict), "unguarded"])].toSorted(),
  );
});

test("every reason to call a person is explained", () => {
  const sources = ["control/run.ts", "control/decider.ts", "hook/decide.ts"].map((name) =>
    readFileSync(join(root, "src", name), "utf8"),
  );
  const reasons = sources.flatMap((source) =>
    [...source.matchAll(/type: "escalated",[^}]*?reason: "(\w+)"/g)].map((match) => match[1] ?? ""),
  );
  assert.deepEqual(words("escalations"), [...new Set(reasons)].toSorted());
});

test("every exit code is explained", () => {
  const codes = new Set(
    [...Object.values(stops).map((stop) => stop.exit), ...Object.values(faultExits)].map(String),
  );
  assert.deepEqual(words("exits"), [...codes].toSorted());
});

test("every error of a tool is explained", () => {
  const source = readFileSync(join(root, "src/core/outcome.ts"), "utf8");
  const union = source.slice(source.indexOf("export type ToolErrorCode"));
  const codes = [...union.matchAll(/\| "([A-Z_]+)"/g)].map((match) => match[1] ?? "");
  assert.deepEqual(words("tools"), codes.toSorted());
});

test("every event is explained", () => {
  const source = readFileSync(join(root, "src/core/event.ts"), "utf8");
  const types = [...source.matchAll(/readonly type: "([\w.]+)"/g)].map((match) => match[1] ?? "");
  assert.deepEqual(words("events"), [...new Set(types)].toSorted());
});

test("no explanation is empty", () => {
  const empty = Object.values(terms).flatMap((section) =>
    Object.entries(section).filter(([, says]) => typeof says !== "string" || says.trim() === ""),
  );
  assert.deepEqual(empty, []);
});
