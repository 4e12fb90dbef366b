import { z } from "zod";
import { Fault } from "../core/fault.ts";
import type { Files } from "../core/ports.ts";
import type { RecordedAttempt, RecordedStep, Recording } from "../core/recording.ts";
import { readDocument } from "./document.ts";
import type { FieldPath, SourceDocument } from "./document.ts";
import { faultOf, inOrder } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { validate } from "./validate.ts";

const recordingSchema = z.strictObject({
  recorded: z.string().min(1).max(200).describe("A title: what is played."),
  attempts: z
    .array(
      z.strictObject({
        says: z.string().describe("What the agent says before it acts.").optional(),
        steps: z
          .array(
            z
              .record(z.string(), z.unknown())
              .describe("A map of one key: a tool, patch, patch_file, escalate or wait."),
          )
          .max(1000)
          .describe("What it does, in order.")
          .optional(),
        closes: z.string().describe("Its closing words.").optional(),
        usage: z
          .strictObject({
            input: z.int().min(0).describe("Tokens read."),
            output: z.int().min(0).describe("Tokens written."),
            cost_usd: z.number().min(0).describe("US dollars.").optional(),
          })
          .describe("What a model would have used.")
          .optional(),
      }),
    )
    .min(1)
    .max(100)
    .describe("One entry per iteration of the loop."),
});

type Source = z.infer<typeof recordingSchema>;
type SourceAttempt = Source["attempts"][number];

/** Reads a recording and the patch files that it names, which lie beside it. Throws `agent/script-invalid`. */
export async function loadRecording(files: Files, path: string): Promise<Recording> {
  const text = await files.readText(path);
  if (text === undefined)
    throw new Fault("agent/script-invalid", `there is no recording ${path}`, {
      hint: "name a YAML file, as in --script recording.yaml",
      where: { file: path },
    });
  const { source } = read(text, path);
  const folder = path.replace(/[^/]*$/, "");
  const patches = new Map<string, string>();
  for (const name of patchFilesOf(source)) {
    const patch = await files.readText(name.startsWith("/") ? name : `${folder}${name}`);
    if (patch !== undefined) patches.set(name, patch);
  }
  return parseRecording(text, path, patches);
}

/**
 * A recording from its text. `patches` has the content of patch files by the name that the recording gives them.
 * Throws `agent/script-invalid` with line, column and field of everything that is wrong.
 */
export function parseRecording(
  text: string,
  file: string,
  patches: ReadonlyMap<string, string> = new Map(),
): Recording {
  const { source, document } = read(text, file);
  const problems: Problem[] = [];
  const attempts = source.attempts.map((attempt, index): RecordedAttempt => {
    const { says = "", steps = [], closes = "", usage } = attempt;
    return {
      says: says.trimEnd(),
      closes: closes.trimEnd(),
      usage:
        usage === undefined
          ? undefined
          : { inputTokens: usage.input, outputTokens: usage.output, costUsd: usage.cost_usd },
      steps: steps.flatMap((step, number) => {
        const made = stepOf(step, ["attempts", index, "steps", number], document, patches);
        if ("kind" in made) return [made];
        problems.push(made);
        return [];
      }),
    };
  });
  throwFirst(problems);
  return { title: source.recorded, attempts };
}

function read(text: string, file: string): { source: Source; document: SourceDocument } {
  const { document, problems } = readDocument(file, text);
  throwFirst(problems);
  const checked = validate(recordingSchema, document);
  throwFirst(checked.problems);
  if (checked.value === undefined) throw new Error("a recording without a problem has no value");
  return { source: checked.value, document };
}

function throwFirst(problems: readonly Problem[]): void {
  const [first, ...others] = inOrder(problems);
  if (first !== undefined) throw faultOf("agent/script-invalid", first, others);
}

function patchFilesOf({ attempts }: Source): readonly string[] {
  return attempts.flatMap(({ steps = [] }: SourceAttempt) =>
    steps.map((step) => step["patch_file"]).filter((name) => typeof name === "string"),
  );
}

const escalation = z.strictObject({ reason: z.string().min(1), says: z.string().min(1) });
/** Longer than any test waits for. */
const longestWaitMs = 600_000;

function stepOf(
  step: Readonly<Record<string, unknown>>,
  path: FieldPath,
  document: SourceDocument,
  patches: ReadonlyMap<string, string>,
): RecordedStep | Problem {
  const problem = (says: string, fix: string, at: FieldPath = path): Problem => ({
    where: document.where(at),
    says,
    why: "a step that cannot be played would be left out",
    fix,
  });
  const [entry, ...more] = Object.entries(step);
  if (entry === undefined || more.length > 0)
    return problem(
      `must have one key, and has ${Object.keys(step).length}`,
      "write one step a dash, as in - read_file: { path: a.js }",
    );
  const [name, value] = entry;
  const at = [...path, name];
  switch (name) {
    case "patch":
      return typeof value === "string" && value.trim() !== ""
        ? { kind: "patch", diff: value }
        : problem("must be the text of a patch", "write a unified diff as a block after patch: |", at);
    case "patch_file": {
      if (typeof value !== "string")
        return problem("must be the name of a file", "write a path relative to the recording", at);
      const diff = patches.get(value);
      return diff === undefined
        ? problem(`names a file that is not there: ${value}`, "write a path relative to the recording", at)
        : { kind: "patch", diff };
    }
    case "escalate": {
      const parsed = escalation.safeParse(value);
      return parsed.success
        ? { kind: "escalate", ...parsed.data }
        : problem("must have reason and says", 'write escalate: { reason: needs_decision, says: "…" }', at);
    }
    case "wait":
      return typeof value === "number" && value >= 0 && value <= longestWaitMs
        ? { kind: "wait", ms: value }
        : problem(`must be milliseconds from 0 to ${longestWaitMs}`, "write a number, as in wait: 200", at);
    default:
      return { kind: "call", tool: name, args: value ?? {} };
  }
}
