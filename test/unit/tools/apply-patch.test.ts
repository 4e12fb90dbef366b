import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { toolBench, worktree } from "../../support/tool-bench.ts";
import type { ToolBench, ToolBenchOptions } from "../../support/tool-bench.ts";
import type { Outcome, ToolError } from "../../../src/core/outcome.ts";

const source = "const a = 1;\nconst b = 2;\nconst c = a + b;\n";

function withFile(text: string | Uint8Array, options: ToolBenchOptions = {}): ToolBench {
  return toolBench({ files: { "src/a.js": text }, ...options });
}

function errorOf(outcome: Outcome): ToolError {
  if (outcome.kind !== "failed") assert.fail(`not an error: ${JSON.stringify(outcome)}`);
  return outcome.error;
}

function idOf(outcome: Outcome): string {
  return outcome.kind === "done" && outcome.result.kind === "patched" ? outcome.result.diffId : "";
}

async function patch(
  bench: ToolBench,
  old_str: string,
  new_str: string,
  more: object = {},
): Promise<Outcome> {
  return await bench.call("apply_patch", { path: "src/a.js", old_str, new_str, ...more });
}

test("a unique anchor is replaced, and the result counts and shows the change", async () => {
  const bench = withFile(source);
  const outcome = await patch(bench, "b = 2", "b = 3");
  assert.deepEqual(outcome, {
    kind: "done",
    result: {
      kind: "patched",
      path: "src/a.js",
      added: 1,
      removed: 1,
      diffId: idOf(outcome),
      before: source,
      after: source.replace("b = 2", "b = 3"),
    },
  });
  assert.equal(await bench.text("src/a.js"), source.replace("b = 2", "b = 3"));
});

test("the same edit has the same diff id wherever it is made, another edit another one", async () => {
  const one = idOf(await patch(withFile(source), "b = 2", "b = 3"));
  const two = idOf(await patch(withFile(source), "const b = 2", "const b = 3"));
  const three = idOf(await patch(withFile(source), "b = 2", "b = 4"));
  assert.match(one, /^diff:[0-9a-f]{64}$/);
  assert.deepEqual([one === two, one === three], [true, false]);
});

test("nothing outside the anchor changes: every other byte survives", async () => {
  await fc.assert(
    fc.asyncProperty(anyText(), anyText(), anyText(), async (head, tail, replacement) => {
      const anchor = "«anchor»";
      if (`${head}${tail}`.includes("«") || replacement.includes("«")) return;
      const bench = withFile(`${head}${anchor}${tail}`, { perCall: { files: 1, lines: 10_000 } });
      const outcome = await patch(bench, anchor, replacement);
      assert.equal(outcome.kind, "done", JSON.stringify(outcome));
      assert.deepEqual(
        await bench.host.files.readBytes(`${worktree}/src/a.js`),
        new Uint8Array(Buffer.from(`${head}${replacement}${tail}`)),
      );
    }),
  );
});

function anyText(): fc.Arbitrary<string> {
  const piece = fc.constantFrom("\r\n", "\n", "\t", "  ", "\uFEFF", "ä", "🌍", "x", "// y", "\r");
  return fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(""));
}

test("byte order mark, CRLF, a missing final line break and the mode survive", async () => {
  const bench = withFile("\uFEFFone\r\ntwo\r\nthree");
  await bench.host.files.write(`${worktree}/src/a.js`, "\uFEFFone\r\ntwo\r\nthree", 0o755);
  await patch(bench, "two", "2");
  assert.equal(await bench.text("src/a.js"), "\uFEFFone\r\n2\r\nthree");
  assert.equal((await bench.host.files.stat(`${worktree}/src/a.js`))?.mode, 0o755);
});

test("an anchor that stands nowhere is NO_MATCH with the closest lines and what differs", async () => {
  const error = errorOf(await patch(withFile(source), "const  b = 2;", "const b = 3;"));
  assert.deepEqual(error, {
    code: "NO_MATCH",
    says: 'old_str does not stand in "src/a.js"',
    context:
      `closest is lines 1-3:\n${source}` +
      'only white space differs: line 2 is "const b = 2;", old_str has "const  b = 2;"',
    retryable: true,
  });
});

test("different line endings are named as what differs", async () => {
  const error = errorOf(await patch(withFile("one = 1\r\ntwo = 2\r\n"), "one = 1\ntwo = 2\n", "x"));
  assert.deepEqual(
    [error.code, error.context.split("\n").at(-1)],
    ["NO_MATCH", "only the line endings differ: the file has CRLF, old_str has LF"],
  );
});

test("an anchor that is like nothing in the file gets the file's beginning", async () => {
  const error = errorOf(await patch(withFile(source), "zzzzqqqq", "x"));
  assert.equal(error.context, `nothing in the file is like it; it begins with lines 1-3:\n${source}`);
});

test("an anchor that stands several times is NON_UNIQUE_MATCH with every place, and nothing is written", async () => {
  const bench = withFile("x = 1\ny = 2\nx = 1\n");
  const error = errorOf(await patch(bench, "x = 1", "x = 9"));
  assert.deepEqual(error, {
    code: "NON_UNIQUE_MATCH",
    says: 'old_str stands 2 times in "src/a.js"',
    context: "lines 1-2:\nx = 1\ny = 2\n\nlines 2-3:\ny = 2\nx = 1\n",
    retryable: true,
  });
  assert.equal(await bench.text("src/a.js"), "x = 1\ny = 2\nx = 1\n");
});

test("overlapping places count as several", async () => {
  assert.equal(errorOf(await patch(withFile("aaa"), "aa", "b")).code, "NON_UNIQUE_MATCH");
});

test("context narrows several matches to one, and never widens", async () => {
  const bench = withFile("x = 1\ny = 2\nx = 1\n");
  assert.equal((await patch(bench, "x = 1", "x = 9", { context: "y = 2\nx = 1" })).kind, "done");
  assert.equal(await bench.text("src/a.js"), "x = 1\ny = 2\nx = 9\n");
  const absent = errorOf(await patch(bench, "x = 1", "x = 9", { context: "z = 3\nx = 1" }));
  assert.deepEqual([absent.code, absent.says], ["NO_MATCH", 'context does not stand in "src/a.js"']);
  const apart = errorOf(await patch(bench, "x = 1", "x = 9", { context: "y = 2" }));
  assert.deepEqual([apart.code, apart.context], ["MALFORMED_ARGUMENTS", "context: it must hold old_str"]);
});

test("a change above the budget is BUDGET_EXCEEDED with both counts, and nothing is written", async () => {
  const bench = withFile(source, { perCall: { files: 1, lines: 3 } });
  const error = errorOf(await patch(bench, "const b = 2;\n", "1\n2\n3\n"));
  assert.deepEqual(
    [error.code, error.context],
    ["BUDGET_EXCEEDED", "computed: files=1 lines=4; allowed: files=1 lines=3"],
  );
  assert.equal(await bench.text("src/a.js"), source);
});

test("lines that an anchor holds but does not change cost no budget", async () => {
  const bench = withFile(source, { perCall: { files: 1, lines: 2 } });
  assert.equal((await patch(bench, source, source.replace("b = 2", "b = 3"))).kind, "done");
});

test("a file that is not there is NOT_FOUND with what may be edited, and create makes it", async () => {
  const bench = toolBench();
  const error = errorOf(await patch(bench, "", "x\n"));
  assert.deepEqual(
    [error.code, error.context],
    ["NOT_FOUND", "files that may be edited: src/**, test/**; set create to make a new file"],
  );
  assert.equal((await patch(bench, "", "x\n", { create: true })).kind, "done");
  assert.equal(await bench.text("src/a.js"), "x\n");
  assert.equal(errorOf(await patch(bench, "", "y\n", { create: true })).code, "ALREADY_EXISTS");
});

test("an empty anchor is malformed where there is text, and fills an empty file", async () => {
  assert.equal(errorOf(await patch(withFile(source), "", "x")).code, "MALFORMED_ARGUMENTS");
  const empty = withFile("");
  assert.equal((await patch(empty, "", "x")).kind, "done");
  assert.equal(await empty.text("src/a.js"), "x");
});

test("binary files and other encodings are NOT_TEXT and stay as they are", async () => {
  for (const bytes of [Uint8Array.from([0x61, 0, 0x62]), Uint8Array.from([0x61, 0xe4, 0x62])]) {
    const bench = withFile(bytes);
    assert.equal(errorOf(await patch(bench, "a", "b")).code, "NOT_TEXT");
    assert.deepEqual(await bench.host.files.readBytes(`${worktree}/src/a.js`), bytes);
  }
});

test("no path leads out of the worktree, whatever its form", async () => {
  const bench = toolBench({
    files: {
      "/outside/secret": "x",
      "src/up": { link: "/outside" },
      "src/far": { link: "../../../outside/new" },
      "src/meta": { link: "../.git" },
    },
  });
  const paths = [
    "../outside/x",
    "src/../../x",
    "/etc/passwd",
    `${worktree}/src/a.js`,
    ".git/config",
    "src/.GIT/x",
    "src/up/secret",
    "src/far",
    "src/meta/config",
  ];
  for (const path of paths) {
    const patched = await bench.call("apply_patch", { path, old_str: "", new_str: "x", create: true });
    const made = await bench.call("create_file", { path, text: "x" });
    assert.deepEqual(
      [path, errorOf(patched).code, errorOf(made).code],
      [path, "OUTSIDE_WORKTREE", "OUTSIDE_WORKTREE"],
    );
  }
  assert.deepEqual(await bench.host.files.list("/outside"), ["secret"]);
});

test("the second failure of the same edit is told once and is not worth a retry", async () => {
  const bench = withFile(source);
  const first = errorOf(await patch(bench, "const b = 22;", "const b = 3;"));
  const other = errorOf(await patch(bench, "nothing like it at all here", "y"));
  const second = errorOf(await patch(bench, "const b  = 2", "let b = 3;"));
  assert.deepEqual(
    [first.retryable, other.retryable, second.retryable, bench.conflicts],
    [true, true, false, ["the same edit of src/a.js did not match twice"]],
  );
  assert.match(second.says, /a person should look$/);
});

test("failures of different edits are not a conflict", async () => {
  const lines = Array.from({ length: 40 }, (_, index) => `value_${index} = compute(${index * 7});\n`).join(
    "",
  );
  const bench = withFile(lines);
  await patch(bench, "value_3 = compute(22);", "value_3 = 0;");
  await patch(bench, "value_30 = compute(211);", "value_30 = 0;");
  assert.deepEqual(bench.conflicts, []);
});

test("an edit that goes through after all is settled", async () => {
  const bench = withFile(source);
  await patch(bench, "const b = 22;", "const b = 3;");
  assert.equal((await patch(bench, "const b = 2;", "const b = 3;")).kind, "done");
  await patch(bench, "const b = 22;", "const b = 3;");
  assert.deepEqual(bench.conflicts, []);
});

test("after a conflict the file cannot be overwritten by deleting it and making it anew", async () => {
  const bench = withFile(source);
  await patch(bench, "const b = 22;", "const b = 3;");
  assert.equal(errorOf(await bench.call("delete_file", { path: "src/a.js" })).code, "POLICY_VIOLATION");
  assert.equal(
    errorOf(await bench.call("create_file", { path: "src/a.js", text: "x" })).code,
    "ALREADY_EXISTS",
  );
  assert.equal(await bench.text("src/a.js"), source);
});
