import { z } from "zod";
import { contentOf } from "../intent.ts";
import { lineDiff } from "../line-diff.ts";
import { decode, notFound } from "../text-file.ts";
import { defineTool, isError } from "../tool.ts";
import { within } from "../within.ts";
import { overBudget } from "../write-text.ts";

export const tool = defineTool({
  name: "delete_file",
  description: "Removes one file or symbolic link. Folders are not removed.",
  schema: z.strictObject({ path: z.string().min(1).describe("Relative to the worktree.") }),
  action: ({ path }) => ({ kind: "edit", path, change: { kind: "delete" } }),
  async run({ path }, bench) {
    const place = await within(path, bench);
    if (isError(place)) return place;
    const { absolute, relative } = place;
    const { files } = bench.host;
    const stat = await files.stat(absolute);
    if (stat === undefined) return notFound(path, bench);
    if (stat.kind !== "file" && stat.kind !== "link")
      return {
        code: "FAILED",
        says: `${JSON.stringify(path)} is a ${stat.kind}; only files are removed`,
        context: "",
        retryable: false,
      };
    // Deleting and creating anew would be the whole-file overwrite that an edit conflict must not end in.
    if (bench.conflicts.has(relative))
      return {
        code: "POLICY_VIOLATION",
        says: `an edit of ${JSON.stringify(path)} has failed to match; removing the file is no way around it`,
        context: "rule: edit/no-overwrite-after-conflict",
        retryable: false,
      };
    // A link's own text is the path that it holds; bytes that are no text have no lines to count.
    const bytes = stat.kind === "link" ? undefined : await files.readBytes(absolute);
    const diff = lineDiff(relative, (bytes === undefined ? undefined : decode(bytes)) ?? "", "");
    const over = overBudget(diff.removed, bench);
    if (over !== undefined) return over;
    const result = { kind: "patched", path: relative, ...diff } as const;
    const now = await contentOf(files, absolute);
    await bench.announce({ kind: "edit", place: absolute, before: now, after: null, result });
    await files.remove(absolute);
    return result;
  },
});
