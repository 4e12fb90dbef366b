import { z } from "zod";
import { defineTool, isError } from "../tool.ts";
import { within } from "../within.ts";
import { writeText } from "../write-text.ts";

export const tool = defineTool({
  name: "create_file",
  description: "Makes a new text file and its folders. Fails with ALREADY_EXISTS; it never overwrites.",
  schema: z.strictObject({
    path: z.string().min(1).describe("Relative to the worktree."),
    text: z.string(),
    executable: z.boolean().optional(),
  }),
  action: ({ path, text }) => ({ kind: "edit", path, change: { kind: "create", text } }),
  async run({ path, text, executable }, bench) {
    const place = await within(path, bench);
    if (isError(place)) return place;
    const { files } = bench.host;
    if ((await files.stat(place.absolute)) !== undefined)
      return {
        code: "ALREADY_EXISTS",
        says: `${JSON.stringify(path)} exists already`,
        context: "change a part of it with apply_patch",
        retryable: true,
      };
    const mode = executable === true ? { mode: 0o755 } : {};
    return await writeText({ ...place, before: "", after: text, ...mode }, bench);
  },
});
