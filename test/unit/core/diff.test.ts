import assert from "node:assert/strict";
import { test } from "node:test";
import { check as links } from "../../../src/checks/change/links.ts";
import { check as readable } from "../../../src/checks/change/readable.ts";
import type { FileChange } from "../../../src/core/change.ts";
import { parsePatch } from "../../../src/core/diff.ts";

const oid = "a".repeat(40);
const link = (path: string, target: string): string =>
  `diff --git a/${path} b/${path}\nnew file mode 120000\nindex ${"0".repeat(40)}..${oid}\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+${target}\n\\ No newline at end of file\n`;
const input = (files: readonly FileChange[]): Parameters<typeof links.check>[0] => ({
  change: { base: "a", head: "b", files },
  scope: { allow: ["**"], deny: [] },
  claim: undefined,
});
const leading = (path: string, target: string): readonly unknown[] =>
  links.check(input(parsePatch(link(path, target)))).findings.map((finding) => finding.code);

test("a link is read with its target, a file is none", () => {
  assert.deepEqual(
    parsePatch(link("src/a.js", "../b.js")).map((file) => [file.path, file.status, file.link]),
    [["src/a.js", "added", "../b.js"]],
  );
  const file = link("src/a.js", "x").replace("120000", "100644");
  assert.deepEqual(
    parsePatch(file).map((one) => one.link),
    [undefined],
  );
});

test("a file that becomes a link is a link", () => {
  const gone = `diff --git a/a.js b/a.js\ndeleted file mode 100644\nindex ${oid}..${"0".repeat(40)}\n--- a/a.js\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n`;
  assert.deepEqual(
    parsePatch(gone + link("a.js", "/tmp/a.js")).map((file) => [file.status, file.link]),
    [
      ["deleted", undefined],
      ["added", "/tmp/a.js"],
    ],
  );
});

test("a link may lead anywhere in the repository and nowhere else", () => {
  assert.deepEqual(leading("src/a.js", "../lib/b.js"), []);
  assert.deepEqual(leading("src/a.js", "b.js"), []);
  for (const target of ["/etc/passwd", "../../x", "../a/../../x", "C:\\x", "../.git/config"])
    assert.deepEqual(leading("src/a.js", target), ["change.link_outside"], target);
});

test("source that git takes for binary is not passed over; pictures are", () => {
  const binary = (path: string): string =>
    `diff --git a/${path} b/${path}\nindex ${oid}..${oid} 100644\nBinary files a/${path} and b/${path} differ\n`;
  const found = readable.check(input(parsePatch(binary("test/a.test.js") + binary("logo.png"))));
  assert.deepEqual(
    [found.looked, found.findings.map((finding) => [finding.code, finding.evidence])],
    [1, [["change.unreadable_source", [{ path: "test/a.test.js" }]]]],
  );
});
