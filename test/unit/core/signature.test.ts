import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Exit } from "../../../src/core/exit.ts";
import { headlineAt, plainLines, signatureOf } from "../../../src/core/signature.ts";

const folder = join(import.meta.dirname, "../../fixtures/test-output");
const output = (name: string): string => readFileSync(join(folder, `${name}.txt`), "utf8");
const failed: Exit = { kind: "exited", code: 1 };
const digest = (text: string, exit: Exit = failed): string => signatureOf("unit", exit, text).digest;
const headline = (text: string): string | undefined => plainLines(text)[headlineAt(plainLines(text))]?.trim();

// Recorded twice: at another time, by another process, some in another folder.
const twice = readdirSync(join(folder, "again")).map((file) => file.replace(/\.txt$/, ""));

test("the same failure, run again elsewhere, has the same signature", () => {
  assert.ok(twice.length > 10);
  for (const name of twice)
    assert.deepEqual([name, digest(output(`again/${name}`))], [name, digest(output(name))]);
});

test("two different failures never share a signature", () => {
  const digests = twice
    .filter((name) => name !== "jest-fail" && name !== "vitest-fail")
    .map((name) => digest(output(name)));
  assert.equal(new Set(digests).size, digests.length);
});

const noisy = (line: string, at: number): string => {
  const noise = [
    `\u001b[31m${line}\u001b[39m`,
    `${line}\r`,
    `  ${line}`,
    line.replace(/\d+(?:\.\d+)?(?=ms\b)/g, "987.6"),
    line.replace(/\/project\//g, "/tmp/surefoot-Xy12z/tree/"),
    line.replace(/(\.\w{2,4}):\d+:\d+/g, "$1:777:3"),
  ];
  return noise[at % noise.length] ?? line;
};

test("colours, line ends, durations, folders and positions change nothing, nor does the order of lines", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...twice),
      fc.array(fc.nat(5), { minLength: 10, maxLength: 10 }),
      (name, choices) => {
        const lines = output(name).split("\n");
        const dressed = lines.map((line, at) => noisy(line, choices[at % choices.length] ?? 0)).join("\n");
        assert.equal(digest(dressed), digest(output(name)));
      },
    ),
  );
  const blocks = ["✖ adds (3ms)\n  Error: 2 !== 3", "✖ counts (9ms)\n  Error: got 5"];
  assert.equal(digest(blocks.join("\n")), digest(blocks.toReversed().join("\n")));
});

test("another test that passes is not another failure", () => {
  for (const [was, is] of [
    [
      "node-test-spec-fail",
      (text: string) =>
        `✔ throws an error on text (2ms)\n${text.replace("tests 3", "tests 4").replace("pass 1", "pass 2")}`,
    ],
    ["jest-fail", (text: string) => text.replace("1 passed, 3 total", "2 passed, 4 total")],
    [
      "pytest-fail",
      (text: string) =>
        text.replace("1 passed", "2 passed").replace("collected 2 items", "collected 3 items"),
    ],
    [
      "cargo-fail",
      (text: string) =>
        text
          .replace("running 2", "running 3")
          .replace("0 passed", "1 passed")
          .replace("test tests::later", "test tests::errors ... ok\ntest tests::later"),
    ],
  ] as const)
    assert.equal(digest(is(output(was))), digest(output(was)), was);
});

test("another failing test, another message and one more failure are other signatures", () => {
  for (const [name, from, to] of [
    ["node-test-spec-fail", /adds/g, "subtracts"],
    ["jest-fail", /Received: 2/g, "Received: 5"],
    ["vitest-fail", /expected 2 to be 3/g, "expected 9 to be 3"],
    ["pytest-fail", /assert \(1 \+ 1\) == 3/g, "assert (1 + 5) == 3"],
    ["cargo-fail", /left: 2/g, "left: 7"],
    ["go-v-fail", /TestBad/g, "TestWorse"],
    ["rspec-fail", /got: 2/g, "got: 8"],
    ["minitest-fail", /Actual: 2/g, "Actual: 8"],
    ["ctest-fail", /bad/g, "worse"],
    ["unittest-fail", /2 != 3/g, "4 != 3"],
  ] as const) {
    const other = output(name).replace(from, to);
    assert.notEqual(other, output(name), name);
    assert.notEqual(digest(other), digest(output(name)), name);
  }
  const once = "a.ts(1,2): error TS2322: no\n";
  assert.equal(digest(once), digest("a.ts(9,9): error TS2322: no\n"));
  assert.notEqual(digest(once), digest(once + once));
});

test("ports, process ids, temporary names, addresses, ids, seeds and times are stripped", () => {
  for (const [one, other] of [
    ["Error: listen EADDRINUSE 127.0.0.1:34567", "Error: listen EADDRINUSE 127.0.0.1:40001"],
    ["Error: connect ECONNREFUSED ::1:34567", "Error: connect ECONNREFUSED ::1:40001"],
    ["Error: worker pid 123 failed", "Error: worker pid 99887 failed"],
    ["(node:123) Error: x", "(node:4567) Error: x"],
    ["Error: ENOENT '/tmp/tmpab12cd'", "Error: ENOENT '/tmp/tmpzz98xy'"],
    ["Error: ENOENT '/tmp/a-1x/config.json'", "Error: ENOENT '/var/folders/q1/z_9/T/b-2y/config.json'"],
    ["Error in <Foo at 0x7f001122>", "Error in <Foo at 0x7faabbcc>"],
    [
      "Error: no row 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
      "Error: no row 9f2504e0-4f89-41d3-9a0c-0305e82c3377",
    ],
    ["Failed at 2026-01-02T03:04:05.678Z", "Failed at 2027-11-12T13:14:15.001Z"],
    ["failed, seed: 1234", "failed, seed: 99"],
    ["error after 3.2 s", "error after 41 s"],
    ["thread 'a' (17046) panicked at src/lib.rs:5:58:", "thread 'a' (2) panicked at src/lib.rs:6:1:"],
    ['  File "/a/b/t.py", line 3, in f: error', '  File "/c/t.py", line 99, in f: error'],
    ["Error: C:\\Users\\me\\t.js failed", "Error: D:\\build 1\\x\\t.js failed"],
  ] as const)
    assert.equal(digest(one), digest(other), one);
});

test("check, exit code and kind of ending belong to the signature", () => {
  const text = output("jest-fail");
  assert.notEqual(digest(text), signatureOf("lint", failed, text).digest);
  assert.notEqual(digest(text), digest(text, { kind: "exited", code: 2 }));
  assert.deepEqual(signatureOf("unit", { kind: "timedOut", afterMs: 5 }, "").kind, "timeout");
  assert.equal(digest("", { kind: "timedOut", afterMs: 5 }), digest("", { kind: "timedOut", afterMs: 9 }));
  assert.equal(signatureOf("unit", failed, "").headline, "exit 1 without output");
});

test("the headline is the line that says what failed", () => {
  const expected: Readonly<Record<string, string>> = {
    "node-test-spec-fail": "✖ adds (1.324391ms)",
    "node-test-spec-crash":
      "Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/project/nothere.mjs' imported from /project/crash.test.mjs",
    "jest-fail": "FAIL ./fail.test.cjs",
    "pytest-fail": "E   assert (1 + 1) == 3",
    "cargo-fail": "test tests::adds ... FAILED",
    "cargo-crash": "error[E0308]: mismatched types",
    "go-fail": "--- FAIL: TestBad (0.00s)",
    "phpunit-fail": "Failed asserting that 2 is identical to 3.",
    "unittest-fail": "ERROR: test_boom (test_fail.Sums.test_boom)",
  };
  assert.deepEqual(
    Object.fromEntries(Object.keys(expected).map((name) => [name, headline(output(name))])),
    expected,
  );
});

test("lines about zero failures and tests that pass are not headlines", () => {
  assert.equal(
    headline("0 errors, 0 failures\n✔ rejects an error (2ms)\nok 1 - error is thrown\nreal error: x"),
    "real error: x",
  );
});

test("any text has a signature, and always the same one", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400 }), (text) => {
      assert.deepEqual(signatureOf("unit", failed, text), signatureOf("unit", failed, text));
    }),
  );
});
