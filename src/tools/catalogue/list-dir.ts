import { z } from "zod";
import { notFound } from "../text-file.ts";
import { defineTool, isError } from "../tool.ts";
import { within } from "../within.ts";

const namesAtMost = 1000;

export const tool = defineTool({
  name: "list_dir",
  description: `Names in a folder, folders with a final slash, at most ${namesAtMost}.`,
  schema: z.strictObject({
    path: z.string().min(1).optional().describe("Relative to the worktree; the worktree itself when absent."),
  }),
  action: ({ path = "." }) => ({ kind: "read", path }),
  async run({ path = "." }, bench) {
    const place = await within(path, bench);
    if (isError(place)) return place;
    const { files } = bench.host;
    const at = await files.stat(await files.real(place.absolute));
    if (at === undefined) return notFound(path, bench);
    const names = at.kind === "folder" ? await files.list(place.absolute) : undefined;
    if (names === undefined)
      return {
        code: "FAILED",
        says: `${JSON.stringify(path)} is not a folder`,
        context: "",
        retryable: true,
      };
    const text = names.slice(0, namesAtMost).join("\n");
    return { kind: "text", text, truncated: names.length > namesAtMost };
  },
});
