import { z } from "zod";
import { linesOf } from "../line-diff.ts";
import { readTextFile } from "../text-file.ts";
import { defineTool, isError } from "../tool.ts";

const linesAtMost = 2000;
const charactersAtMost = 64 * 1024;

export const tool = defineTool({
  name: "read_file",
  description: `Shows a text file, at most ${linesAtMost} lines a call.`,
  schema: z.strictObject({
    path: z.string().min(1).describe("Relative to the worktree."),
    from_line: z.int().min(1).optional().describe("First line to show; lines count from 1."),
    lines: z.int().min(1).max(linesAtMost).optional(),
  }),
  action: ({ path }) => ({ kind: "read", path }),
  async run({ path, from_line: from = 1, lines: count = linesAtMost }, bench) {
    const file = await readTextFile(path, bench);
    if (isError(file)) return file;
    const lines = linesOf(file.text);
    const asked = lines.slice(from - 1, from - 1 + count).join("");
    const text = asked.slice(0, charactersAtMost);
    return { kind: "text", text, truncated: text.length < asked.length || lines.length > from - 1 + count };
  },
});
