import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { settingsIn, withEntries, withoutEntries, withoutItems } from "../../../src/agents/settings-text.ts";
import type { Entry } from "../../../src/agents/settings-text.ts";

const hook: Entry = { kind: "item", path: ["hooks", "Pre"], value: { matcher: "*", run: ["x"] } };
const deny: Entry = { kind: "item", path: ["deny"], value: "Bash(x)" };

function edited(text: string, ...entries: readonly Entry[]): string {
  const result = withEntries(text, entries);
  assert.ok(result);
  assert.equal(withoutEntries(result.text, result.placed), text.trim() === "" ? `${text}{}\n` : text);
  return result.text;
}

test("entries go to the end, and comments, order and formatting stay", () => {
  const before = [
    "// mine",
    "{",
    '  "deny": ["a", "b"], // short',
    '  "hooks": {',
    '    "Pre": [',
    '      { "matcher": "x" }, // theirs',
    "    ],",
    "  },",
    "}",
    "",
  ];
  const after = [
    "// mine",
    "{",
    '  "deny": ["a", "b", "Bash(x)"], // short',
    '  "hooks": {',
    '    "Pre": [',
    '      { "matcher": "x" }, // theirs',
    "      {",
    '        "matcher": "*",',
    '        "run": [',
    '          "x"',
    "        ]",
    "      },",
    "    ],",
    "  },",
    "}",
    "",
  ];
  assert.equal(edited(before.join("\n"), hook, deny), after.join("\n"));
});

test("what is missing on the way is made, with the file's own indentation and line ends", () => {
  assert.equal(edited("", deny), '{\n  "deny": [\n    "Bash(x)"\n  ]\n}\n');
  assert.equal(edited('{\n\t"a": 1\n}', deny), '{\n\t"a": 1,\n\t"deny": [\n\t\t"Bash(x)"\n\t]\n}');
  assert.equal(
    edited('{\r\n  "a": 1 // one\r\n}', deny),
    '{\r\n  "a": 1, // one\r\n  "deny": [\r\n    "Bash(x)"\r\n  ]\r\n}',
  );
  assert.equal(edited('{"a":1}', deny), '{"a":1, "deny": ["Bash(x)"]}');
});

test("what stands there already is not put in again, and not taken out either", () => {
  const text = '{ "deny": ["Bash(x)"] }';
  assert.deepEqual(withEntries(text, [deny]), { text, placed: [] });
  assert.equal(withoutEntries(text, []), text);
});

test("a value that is replaced comes back as it was written", () => {
  const entry: Entry = { kind: "member", path: ["permission", "bash"], value: { "*": "ask", x: "deny" } };
  assert.equal(
    edited('{ "permission": { "bash": "ask" /* always */ } }', entry),
    '{ "permission": { "bash": {\n  "*": "ask",\n  "x": "deny"\n} /* always */ } }',
  );
});

test("what the user wrote meanwhile stays when the entries go", () => {
  const placed = withEntries('{\n  "a": 1\n}\n', [hook, deny]);
  assert.ok(placed);
  const changed = placed.text
    .replace('"a": 1', '"a": 2, // two')
    .replace('"Pre": [', '"Post": [],\n    "Pre": [')
    .replace('"Bash(x)"', '"Bash(y)",\n    "Bash(x)"');
  assert.deepEqual(plain(withoutEntries(changed, placed.placed)), {
    a: 2,
    hooks: { Post: [] },
    deny: ["Bash(y)"],
  });
});

test("entries of a list are taken out by a test, wherever they stand", () => {
  const text = '{ "list": [1, /* two */ 2, 3, 4 /* four */] }';
  const without = (...numbers: readonly number[]): unknown =>
    plain(withoutItems(text, ["list"], (value) => numbers.includes(Number(value))));
  assert.deepEqual(without(1), { list: [2, 3, 4] });
  assert.deepEqual(without(2, 4), { list: [1, 3] });
  assert.deepEqual(without(1, 2, 3, 4), { list: [] });
});

test("a text that is not understood, or holds something else in the entry's place, is left alone", () => {
  for (const text of ["[]", "{", "{a: 1}", "nonsense", '{ "deny": "all" }', '{ "deny": { "a": 1 } }'])
    assert.equal(withEntries(text, [deny]), undefined);
});

const spaced = fc.constantFrom(undefined, "  ", "\t", "    ");
const settings = fc.tuple(fc.object({ maxDepth: 3 }), spaced, fc.boolean());

test("whatever the settings hold, they are still there with an entry, and unchanged after it has gone", () => {
  fc.assert(
    fc.property(settings, ([value, indent, comments]) => {
      const bare = JSON.stringify(value, null, indent);
      const text = comments ? `// head\n${bare.replace("{", "{ /* one */")} // tail\n` : bare;
      const result = withEntries(text, [hook, deny]);
      // Only what a user wrote in the entry's own place stands in its way.
      if (result === undefined) return "hooks" in value || "deny" in value;
      assert.deepEqual({ ...plain(result.text), hooks: 0, deny: 0 }, { ...plain(bare), hooks: 0, deny: 0 });
      return withoutEntries(result.text, result.placed) === text;
    }),
  );
});

/** The value of a text, without the difference that an object of a parser's own makes. */
function plain(text: string): object {
  const value: unknown = JSON.parse(JSON.stringify(settingsIn(text)));
  assert.ok(typeof value === "object" && value !== null);
  return value;
}
