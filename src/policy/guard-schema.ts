import { z } from "zod";
import { globPattern, globProblem } from "./glob.ts";
import { pathGlobPattern, pathGlobProblem } from "./path-glob.ts";

const line = (says: string) => z.string().min(1).max(4000).describe(says);
const some = <T extends z.ZodType>(item: T, says: string) => z.array(item).min(1).max(200).describe(says);

const pathGlob = z
  .string()
  .regex(pathGlobPattern)
  .refine((text) => pathGlobProblem(text) === undefined);
const folderGlob = z
  .string()
  .regex(globPattern)
  .refine((text) => globProblem(text) === undefined);

/** A rule id, a family with a star, or the star alone. */
const ruleId = z.string().regex(/^(\*|[a-z][a-z0-9-]*\/(\*|[a-z0-9][a-z0-9-]*))$/);

const example = z
  .union([
    z.string().min(1).max(10_000),
    z.strictObject({
      command: line("A command line.").optional(),
      cwd: line(
        "The folder that the command runs in, relative to the repository root. Default: the root, or the first of paths.",
      ).optional(),
      edit: line("A file that an agent's editing tool changes.").optional(),
      read: line("A file that an agent's reading tool opens.").optional(),
      fetch: line("An address that an agent's fetching tool opens.").optional(),
      tool: line("A tool of another server, as server/name.").optional(),
    }),
  ])
  .describe("A command line, or a map with one of command, edit, read, fetch and tool.");

const members = {
  id: z
    .string()
    .regex(/^custom\/[a-z0-9][a-z0-9-]{0,62}$/)
    .describe(
      "A name of its own: custom/ and lower-case words with dashes. guard.rules may name it like any rule.",
    ),
  says: line("What is wrong with it, or why it is right: one clause that people and agents read."),
  command: some(
    z
      .string()
      .regex(/^\s*\S+(?:\s+\S+){0,63}\s*$/)
      .max(1000),
    "Programs with arguments, as in kubectl delete. Words starting with a dash are options in any order, the others stand in this order; * stands for any text within a word, and a word ** for any further words. git's own options and aliases, wrappers such as sudo and env, and shells are seen through. deny and ask match a command that has these words and perhaps more; allow matches one that has nothing else.",
  ).optional(),
  reads: some(
    pathGlob,
    "Globs of files that are read: relative to the repository root, below / or below ~/.",
  ).optional(),
  writes: some(
    pathGlob,
    "Globs of files that are created or changed, by a command or by an edit.",
  ).optional(),
  deletes: some(pathGlob, "Globs of files that are removed, by a command or by an edit.").optional(),
  edits: some(
    pathGlob,
    "Globs of files that an agent's editing tool creates, changes or removes.",
  ).optional(),
  network: some(
    z.string().regex(/^[A-Za-z0-9.*?:_-]{1,253}$/),
    "Host names that are reached, with * for any text, as in *.example.org.",
  ).optional(),
  tool: some(
    z.string().regex(/^[^\s/]{1,200}\/[^\s/]{1,200}$/),
    "Tools of other servers (MCP) as server/name, with * for any text.",
  ).optional(),
  paths: some(
    folderGlob,
    "Globs of folders, relative to the repository root, that the action must happen in. Default: every folder.",
  ).optional(),
  modes: some(
    z.enum(["frame", "plan", "implement", "review"]),
    "Modes of work that it holds in. Default: every mode; a run works in implement.",
  ).optional(),
  examples: z
    .strictObject({
      block: some(
        example,
        "Actions that must be stopped: by this entry, or of an allow in spite of it.",
      ).optional(),
      allow: some(
        example,
        "Actions that must pass: untouched by this entry, or of an allow because of it.",
      ).optional(),
    })
    .describe("Judged whenever the policy is loaded; one that comes out otherwise makes the policy invalid.")
    .optional(),
};

const stopping = z
  .strictObject({
    ...members,
    instead: line("A next step that the guard allows.").optional(),
    mode: z
      .enum(["enforce", "observe"])
      .describe(
        "observe makes it a shadow rule: what it would do is recorded, and nothing is stopped. Default enforce.",
      )
      .optional(),
  })
  .describe(
    "An action that is stopped. One of command, reads, writes, deletes, edits, network and tool is needed.",
  );

const allowing = z
  .strictObject(members)
  .describe(
    "An action that is allowed. One of command, reads, writes, deletes, edits, network and tool is needed.",
  );

const usersAllowing = z.strictObject({
  ...members,
  irreversible: z
    .boolean()
    .describe("Whether it also lifts rules about what cannot be undone. Default false.")
    .optional(),
});

const guardMembers = {
  rules: z
    .record(ruleId, z.enum(["enforce", "observe", "off"]))
    .describe(
      "Rule id, family (git/*) or * to what happens when it fires; the longest match wins. observe records what would have happened and lets it pass. Default enforce. What is weaker than the preset standard holds for the guard of an agent that a person attends only once that person has run surefoot guard trust.",
    )
    .optional(),
  deny: z
    .array(stopping)
    .max(500)
    .describe(
      "Actions that are refused besides those of the built-in rules. deny goes before ask, ask before allow.",
    )
    .optional(),
  ask: z.array(stopping).max(500).describe("Actions that a person is asked about first.").optional(),
};

export const guardSchema = z
  .strictObject({
    ...guardMembers,
    allow: z
      .array(allowing)
      .max(500)
      .describe(
        "Actions that pass although a built-in rule stops them, unless they cannot be undone: for those a person allows one at a time (surefoot guard allow), or allows them in the settings of their own. An allow holds for the guard of an agent that a person attends only once that person has run surefoot guard trust.",
      )
      .optional(),
  })
  .describe("The guard's rules.");

/** The same in the user's own settings, which need nobody's trust. */
export const userGuardSchema = z
  .strictObject({
    ...guardMembers,
    allow: z
      .array(usersAllowing)
      .max(500)
      .describe("Actions that pass although a built-in rule stops them.")
      .optional(),
  })
  .describe("Rules of the user's own, for every repository.");

export type GuardSource = z.infer<typeof userGuardSchema>;
export type CustomSource = NonNullable<GuardSource["deny" | "ask" | "allow"]>[number];
