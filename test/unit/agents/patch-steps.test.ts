import assert from "node:assert/strict";
import { test } from "node:test";
import { anchored, patchSteps } from "../../../src/agents/patch-steps.ts";

const file = (path: string, ...lines: string[]): string =>
  [`diff --git a/${path} b/${path}`, ...lines, ""].join("\n");

test("each hunk is a step with its old and its new text", () => {
  const diff = file(
    "src/a.js",
    "index 1..2 100644",
    "--- a/src/a.js",
    "+++ b/src/a.js",
    "@@ -1,3 +1,3 @@ function x() {",
    " one",
    "-two",
    "+2",
    " three",
    "@@ -9,2 +9,3 @@",
    " nine",
    "+--- not a header",
    " ten",
  );
  assert.deepEqual(patchSteps(diff), [
    { kind: "hunk", path: "src/a.js", line: 1, oldText: "one\ntwo\nthree\n", newText: "one\n2\nthree\n" },
    {
      kind: "hunk",
      path: "src/a.js",
      line: 9,
      oldText: "nine\nten\n",
      newText: "nine\n--- not a header\nten\n",
    },
  ]);
});

test("new, executable, empty and deleted files become their own calls", () => {
  const diff =
    file(
      "run.sh",
      "new file mode 100755",
      "--- /dev/null",
      "+++ b/run.sh",
      "@@ -0,0 +1,2 @@",
      "+#!/bin/sh",
      "+true",
    ) +
    file("empty", "new file mode 100644", "index 0..e") +
    file("old.txt", "deleted file mode 100644", "--- a/old.txt", "+++ /dev/null", "@@ -1 +0,0 @@", "-gone");
  assert.deepEqual(patchSteps(diff), [
    {
      kind: "call",
      call: { tool: "create_file", args: { path: "run.sh", text: "#!/bin/sh\ntrue\n", executable: true } },
    },
    { kind: "call", call: { tool: "create_file", args: { path: "empty", text: "" } } },
    { kind: "call", call: { tool: "delete_file", args: { path: "old.txt" } } },
  ]);
});

test("a missing line break at the end is kept apart on either side", () => {
  const missing = "\\ No newline at end of file";
  const diff = file("a", "--- a/a", "+++ b/a", "@@ -1,2 +1,2 @@", " x", "-old", missing, "+new");
  assert.deepEqual(patchSteps(diff), [
    { kind: "hunk", path: "a", line: 1, oldText: "x\nold", newText: "x\nnew\n" },
  ]);
  const both = file("a", "--- a/a", "+++ b/a", "@@ -1,2 +1,2 @@", "-x", "+y", " end", missing);
  assert.deepEqual(patchSteps(both), [
    { kind: "hunk", path: "a", line: 1, oldText: "x\nend", newText: "y\nend" },
  ]);
});

test("CRLF stays in the text of a hunk", () => {
  const diff = file("a", "--- a/a", "+++ b/a", "@@ -1,2 +1,2 @@", " x\r", "-y\r", "+z\r");
  assert.deepEqual(patchSteps(diff), [
    { kind: "hunk", path: "a", line: 1, oldText: "x\r\ny\r\n", newText: "x\r\nz\r\n" },
  ]);
});

test("a rename, a mode and binary content are commands or said to be left out", () => {
  const diff =
    file("x y", "similarity index 100%", "rename from a b", "rename to lib/x y") +
    file("s.sh", "old mode 100644", "new mode 100755") +
    file("i.png", "index 1..2 100644", "Binary files a/i.png and b/i.png differ");
  assert.deepEqual(patchSteps(diff), [
    {
      kind: "call",
      call: { tool: "run_command", args: { command: "mkdir -p lib && git mv 'a b' 'lib/x y'" } },
    },
    { kind: "call", call: { tool: "run_command", args: { command: "chmod +x s.sh" } } },
    { kind: "left-out", says: "i.png is binary, which no typed tool can write" },
  ]);
});

test("a diff without git's headers is read as well", () => {
  const diff =
    "--- a/src/a.js\t2026-01-01\n+++ b/src/a.js\t2026-01-01\n@@ -1 +1 @@\n-x\n+y\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+new\n";
  assert.deepEqual(patchSteps(diff), [
    { kind: "hunk", path: "src/a.js", line: 1, oldText: "x\n", newText: "y\n" },
    { kind: "call", call: { tool: "create_file", args: { path: "n", text: "new\n" } } },
  ]);
});

test("a hunk that fits in several places is widened until it stands once, nearest to its line", () => {
  const text = "a\nx\nb\nx\nc\nx\nd\n";
  const hunk = { kind: "hunk" as const, path: "f", line: 4, oldText: "x\n", newText: "y\n" };
  assert.deepEqual(anchored(hunk, text), { oldText: "b\nx\n", newText: "b\ny\n" });
  const first = { ...hunk, line: 1, oldText: "x\n" };
  assert.deepEqual(anchored(first, "x\nx\nz\n"), { oldText: "x\nx\n", newText: "y\nx\n" });
});

test("a hunk without context gets the lines around the place that it names", () => {
  const hunk = { kind: "hunk" as const, path: "f", line: 3, oldText: "", newText: "new\n" };
  assert.deepEqual(anchored(hunk, "a\nb\nc\n"), { oldText: "b\n", newText: "b\nnew\n" });
  assert.deepEqual(anchored({ ...hunk, line: 1 }, "a\nb\n"), { oldText: "a\n", newText: "new\na\n" });
});

test("a hunk that does not fit is proposed as it is", () => {
  const hunk = { kind: "hunk" as const, path: "f", line: 3, oldText: "other\n", newText: "new\n" };
  assert.deepEqual(anchored(hunk, "a\nb\n"), { oldText: "other\n", newText: "new\n" });
});
