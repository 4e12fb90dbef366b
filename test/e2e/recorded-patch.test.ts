import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { makeRecorded } from "../../src/agents/adapters/recorded.ts";
import { toolBench, worktree } from "../support/tool-bench.ts";
import { tempRepo } from "../support/temp-repo.ts";

// Few different lines, so that most hunks would fit in several places.
const line = fc.constantFrom("}", "", "  return x;", "x = 1", "käse\r", "--- a", "+++ b", "@@ -1 +1 @@");
const text = fc
  .tuple(fc.array(line, { maxLength: 40 }), fc.boolean())
  .map(([lines, ended]) => lines.join("\n") + (ended && lines.length > 0 ? "\n" : ""));

test("whatever git says changed is played back to the same files", async (context) => {
  const versions = fc.sample(fc.tuple(text, text), { numRuns: 150, seed: 7 });
  const [before, after] = [0, 1].map((side) =>
    Object.fromEntries(versions.map((pair, index) => [`src/f${index}.txt`, pair[side] ?? ""])),
  );
  if (before === undefined || after === undefined) return assert.fail("no versions");
  const repo = tempRepo(context, { files: { ...before, "src/gone.txt": "1\n2\n" } });
  repo.git("rm", "--quiet", "src/gone.txt");
  repo.write({ ...after, "src/new/file.txt": "a\nb" });
  repo.commitAll("second");
  const diff = `${repo.git("diff", "--no-color", "-M", "--full-index", "HEAD~1", "HEAD")}\n`;

  const bench = toolBench({
    files: { ...before, "src/gone.txt": "1\n2\n" },
    perCall: { files: 1, lines: 1000 },
  });
  const troubles: unknown[] = [];
  const attempts = [{ says: "", closes: "", usage: undefined, steps: [{ kind: "patch" as const, diff }] }];
  await makeRecorded({ title: "patch", attempts }, bench.host.files).turn({
    iteration: 1,
    prompt: "",
    workspace: worktree,
    home: "/home",
    jail: undefined,
    model: undefined,
    done: 0,
    signal: new AbortController().signal,
    decide: async () => assert.fail("the recorded agent acts through call alone"),
    call: async ({ tool, args }) => {
      const outcome = await bench.call(tool, args);
      if (outcome.kind !== "done") troubles.push({ args, outcome });
      return outcome;
    },
    report: async () => {},
  });
  assert.deepEqual(troubles, []);
  const played = await Promise.all(
    Object.keys(after).map(async (path) => [path, await bench.text(path)] as const),
  );
  assert.deepEqual(Object.fromEntries(played), after);
  assert.deepEqual(
    [await bench.text("src/gone.txt"), await bench.text("src/new/file.txt")],
    [undefined, "a\nb"],
  );
});
