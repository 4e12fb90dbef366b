import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { staleIndexes } from "../scripts/generate-indexes.ts";

const root = join(import.meta.dirname, "..");

interface Room {
  readonly rooms: readonly string[];
  readonly packages: readonly string[];
  /** Platform modules; the inner rings have none. */
  readonly node: "none" | "any" | readonly string[];
}

// The ring map of ARCHITECTURE.md. An arrow that is not here does not exist.
const rooms: Readonly<Record<string, Room>> = {
  core: { rooms: [], packages: [], node: "none" },
  guard: { rooms: ["core"], packages: ["unbash"], node: "none" },
  checks: { rooms: ["core"], packages: [], node: "none" },
  failure: { rooms: ["core", "guard", "checks"], packages: [], node: "none" },
  evidence: { rooms: ["core"], packages: [], node: "none" },
  report: { rooms: ["core"], packages: ["preact", "preact-render-to-string"], node: "none" },
  ledger: { rooms: ["core"], packages: [], node: ["node:crypto"] },
  tools: { rooms: ["core", "guard", "ledger"], packages: ["zod"], node: "none" },
  control: { rooms: ["core", "guard", "checks", "failure", "ledger", "tools"], packages: [], node: "none" },
  bench: { rooms: ["core", "evidence", "failure", "ledger", "control"], packages: [], node: "none" },
  incident: {
    rooms: ["core", "guard", "checks", "failure", "ledger", "control", "bench"],
    packages: [],
    node: "none",
  },
  host: { rooms: ["core"], packages: ["execa"], node: "any" },
  policy: { rooms: ["core"], packages: ["zod", "yaml"], node: "none" },
  hook: { rooms: ["core", "guard", "ledger", "policy", "host", "agents"], packages: [], node: "any" },
  agents: {
    rooms: ["core", "tools"],
    packages: [
      "@agentclientprotocol/sdk",
      "ai",
      "@ai-sdk/anthropic",
      "@ai-sdk/google",
      "@ai-sdk/openai",
      "@ai-sdk/openai-compatible",
      "jsonc-parser",
    ],
    node: "none",
  },
  view: { rooms: ["core", "ledger", "evidence", "failure", "report"], packages: [], node: ["node:http"] },
};

/** What one file may import beyond its room, with the reason. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  "src/core/digest.ts": ["node:crypto"], // hashing is a pure function
  "src/agents/opencode-plugin.ts": ["node:child_process"], // text of a plugin that OpenCode loads, not an import
  "src/core/glob.ts": ["picomatch"], // matching is a pure function, and its details are its field's business
};

interface Import {
  readonly file: string;
  readonly what: string;
}

function files(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function imports(file: string): readonly Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^"'`;]*?from\s+"([^"]+)"|(?:^|\n)import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/g,
  );
  return [...found].map((match) => ({ file, what: match[1] ?? match[2] ?? match[3] ?? "" }));
}

function trespass({ file, what }: Import): string | undefined {
  const room = file.split("/")[1] ?? "";
  const allowed = rooms[room];
  if (allowed === undefined || exceptions[file]?.includes(what) === true) return undefined;
  if (what.startsWith(".")) {
    const target = relative(join(root, "src"), join(root, dirname(file), what)).split("/")[0] ?? "";
    return target === room || allowed.rooms.includes(target) ? undefined : `${file} imports ${target}`;
  }
  if (what.startsWith("node:")) {
    const fine = allowed.node === "any" || (allowed.node !== "none" && allowed.node.includes(what));
    return fine ? undefined : `${file} imports ${what}`;
  }
  const fine = allowed.packages.some((name) => what === name || what.startsWith(`${name}/`));
  return fine ? undefined : `${file} imports ${what}`;
}

const sources = files("src");

test("imports point inwards", () => {
  assert.deepEqual(
    sources
      .flatMap(imports)
      .map(trespass)
      .filter((problem) => problem !== undefined),
    [],
  );
});

test("every room has a place on the map", () => {
  const outer = new Set(["cli"]);
  const unknown = sources
    .map((file) => file.split("/"))
    .filter(
      ([, room, ...rest]) =>
        rest.length > 0 && room !== undefined && rooms[room] === undefined && !outer.has(room),
    );
  assert.deepEqual(unknown, []);
});

test("the inner ring has no clock, no randomness and no environment", () => {
  const inner = new Set(["core", "guard", "checks", "failure", "evidence", "report"]);
  const impure =
    /\bDate\.now\(|new Date\(\)|Math\.random\(|\bprocess\.|performance\.now\(|\bfetch\(|setTimeout\(/;
  // The examples of rules name such things in text.
  const quoted = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g;
  const found = sources
    .filter((file) => inner.has(file.split("/")[1] ?? ""))
    .flatMap((file) =>
      readFileSync(join(root, file), "utf8")
        .split("\n")
        .map((line, index) => ({ file, line, number: index + 1 })),
    )
    .filter(
      ({ line }) =>
        impure.test(line.replace(quoted, '""')) &&
        !/^\s*(\/\/|\*|\/\*)/.test(line) &&
        !line.includes("allowed in the page:"),
    )
    .map(({ file, number }) => `${file}:${number}`);
  assert.deepEqual(found, []);
});

test("one file reads shell text", () => {
  assert.deepEqual(
    [
      ...new Set(
        sources
          .flatMap(imports)
          .filter(({ what }) => what === "unbash")
          .map(({ file }) => file),
      ),
    ],
    ["src/guard/shell/parse.ts"],
  );
});

test("nothing but the host starts processes", () => {
  const starts = new Set(["node:child_process", "execa"]);
  assert.deepEqual(
    sources
      .flatMap(imports)
      .filter(
        ({ file, what }) =>
          starts.has(what) && !file.startsWith("src/host/") && exceptions[file]?.includes(what) !== true,
      )
      .map(({ file }) => file),
    [],
  );
});

test("the generated indexes are fresh", () => {
  assert.deepEqual(staleIndexes({ write: false }), []);
});

test("no score field lets a model speak of itself", () => {
  const banned = /(confidence|self_reported|model_says|(^|_)llm(_|$))/i;
  const fields = sources.flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/^\s*readonly (\w+)\??:/gm)].map((match) => ({
      file,
      name: match[1] ?? "",
    })),
  );
  assert.ok(fields.length > 100);
  assert.deepEqual(
    fields.filter(({ name }) => banned.test(name)),
    [],
  );
});

test("no file is so long that it must be two", () => {
  const longest = 500;
  assert.deepEqual(
    sources.filter((file) => readFileSync(join(root, file), "utf8").split("\n").length > longest),
    [],
  );
});
