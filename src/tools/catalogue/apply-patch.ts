import { z } from "zod";
import type { ToolError, ToolResult } from "../../core/outcome.ts";
import { closest } from "../closest.ts";
import { matches, rangeAt, snippet } from "../match.ts";
import type { LineRange } from "../match.ts";
import { readTextFile } from "../text-file.ts";
import type { TextFile } from "../text-file.ts";
import { defineTool, isError } from "../tool.ts";
import type { Bench } from "../tool.ts";
import { within } from "../within.ts";
import { writeText } from "../write-text.ts";

const schema = z
  .strictObject({
    path: z.string().min(1).describe("The one file to change, relative to the worktree."),
    old_str: z.string().describe("Exact text that stands once in the file. Empty only to create a file."),
    new_str: z.string().describe("What stands there instead."),
    context: z
      .string()
      .min(1)
      .optional()
      .describe("Exact excerpt of the file that holds old_str, to tell which of several is meant."),
    create: z.boolean().optional().describe("Make the file when it does not exist; old_str is then empty."),
  })
  .refine((args) => args.context === undefined || args.context.includes(args.old_str), {
    path: ["context"],
    message: "it must hold old_str",
  })
  .refine((args) => args.old_str !== args.new_str, {
    path: ["new_str"],
    message: "it is equal to old_str, so nothing would change",
  });

type Args = z.infer<typeof schema>;

/** The contract of Harness Engineering (AI-First Software Engineering, chapter 2): one file, one exact and unique anchor, and nothing outside it changes. */
export const tool = defineTool({
  name: "apply_patch",
  description:
    "Replaces one exact, unique piece of text in one file. Nothing else in the file changes. Fails with NO_MATCH or " +
    "NON_UNIQUE_MATCH and shows the text as it is; read it and try a smaller, more specific old_str once.",
  schema,
  action: ({ path, old_str: oldText, new_str: newText, create }) => ({
    kind: "edit",
    path,
    change:
      create === true && oldText === ""
        ? { kind: "create", text: newText }
        : { kind: "replace", oldText, newText },
  }),
  async run(args, bench) {
    const file = await readTextFile(args.path, bench);
    if (!isError(file)) return await replace(file, args, bench);
    if (file.code !== "NOT_FOUND") return file;
    if (args.create === true) return await createFile(args, bench);
    return { ...file, context: `${file.context}; set create to make a new file` };
  },
});

async function createFile(args: Args, bench: Bench): Promise<ToolResult | ToolError> {
  if (args.old_str !== "")
    return {
      code: "NO_MATCH",
      says: `${JSON.stringify(args.path)} does not exist, so old_str cannot stand in it`,
      context: "leave old_str empty to create the file",
      retryable: true,
    };
  const place = await within(args.path, bench);
  if (isError(place)) return place;
  return await writeText({ ...place, before: "", after: args.new_str }, bench);
}

async function replace(file: TextFile, args: Args, bench: Bench): Promise<ToolResult | ToolError> {
  const { text, relative, absolute } = file;
  if (args.old_str === "" && text !== "") return args.create === true ? exists(args) : emptyAnchor();
  const edit = { path: relative, oldText: args.old_str, newText: args.new_str };
  const found = matches(text, args.old_str, args.context);
  const [at] = found;
  if (at === undefined) return noMatch(text, args, (ranges) => bench.conflicts.add({ ...edit, ranges }));
  const ranges = found.map((offset) => rangeAt(text, offset, args.old_str.length));
  if (found.length > 1) return notUnique(text, args, ranges, bench.conflicts.add({ ...edit, ranges }));
  const after = text.slice(0, at) + args.new_str + text.slice(at + args.old_str.length);
  const written = await writeText({ absolute, relative, before: text, after }, bench);
  if (!isError(written)) bench.conflicts.settle({ ...edit, ranges });
  return written;
}

function noMatch(text: string, args: Args, failed: (ranges: readonly LineRange[]) => boolean): ToolError {
  // With an anchor that is there, it is the context that does not match.
  const [what, wanted] =
    args.context !== undefined && matches(text, args.old_str, undefined).length > 0
      ? ["context", args.context]
      : ["old_str", args.old_str];
  const near = closest(text, wanted);
  const second = failed(near === undefined ? [] : [near.range]);
  const shown =
    near === undefined
      ? `nothing in the file is like it; it begins with ${snippet(text, { first: 1, last: 1 }, 9)}`
      : `closest is ${snippet(text, near.range, 3)}${near.differs}`;
  return {
    code: "NO_MATCH",
    says: `${what} does not stand in ${JSON.stringify(args.path)}${second ? giveUp : ""}`,
    context: shown,
    retryable: !second,
  };
}

const candidatesShown = 10;

function notUnique(text: string, args: Args, ranges: readonly LineRange[], second: boolean): ToolError {
  const shown = ranges.slice(0, candidatesShown).map((range) => snippet(text, range, 1));
  const more = ranges.length > candidatesShown ? [`and ${ranges.length - candidatesShown} more`] : [];
  return {
    code: "NON_UNIQUE_MATCH",
    says: `old_str stands ${ranges.length} times in ${JSON.stringify(args.path)}${second ? giveUp : ""}`,
    context: [...shown, ...more].join("\n"),
    retryable: !second,
  };
}

const giveUp = "; the same edit has now failed twice and a person should look";

function exists(args: Args): ToolError {
  return {
    code: "ALREADY_EXISTS",
    says: `${JSON.stringify(args.path)} exists already and is not empty`,
    context: "give an old_str to change a part of it",
    retryable: true,
  };
}

function emptyAnchor(): ToolError {
  return {
    code: "MALFORMED_ARGUMENTS",
    says: "the arguments of apply_patch are not valid: old_str: it is empty, and the file is not",
    context: "old_str: give exact text that stands once in the file",
    retryable: true,
  };
}
