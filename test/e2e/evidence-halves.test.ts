import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { halfOf } from "../../bench/evidence/parts.ts";

test("git applies every half", () => {
  const folder = mkdtempSync(join(tmpdir(), "surefoot-halves-"));
  try {
    const git = (...args: readonly string[]): string =>
      execFileSync("git", args, { cwd: folder, encoding: "utf8" });
    const lines = Array.from({ length: 30 }, (_, at) => `line ${at}`);
    const file = join(folder, "a.txt");
    const put = (changed: readonly string[]): void => writeFileSync(file, `${changed.join("\n")}\n`);
    git("init", "--quiet");
    put(lines);
    git("add", "a.txt");
    const edits = [
      lines.toSpliced(3, 2, "x", "y", "z"),
      lines.toSpliced(20, 1).toSpliced(4, 0, "a", "b"),
      lines.with(4, "x").with(6, "y"),
      lines.toSpliced(10, 4),
    ];
    for (const edit of edits) {
      put(edit);
      const half = halfOf(git("diff"));
      assert.notEqual(half, undefined);
      git("checkout", "--quiet", "--", "a.txt");
      execFileSync("git", ["apply", "-"], { cwd: folder, input: half });
      const now = readFileSync(file, "utf8");
      assert.notEqual(now, `${lines.join("\n")}\n`);
      assert.notEqual(now, `${edit.join("\n")}\n`);
      git("checkout", "--quiet", "--", "a.txt");
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
