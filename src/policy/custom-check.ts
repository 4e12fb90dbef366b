import type { CustomRule, Policy } from "../core/policy.ts";
import type { FieldPath, SourceDocument } from "./document.ts";
import type { CustomSource, GuardSource } from "./guard-schema.ts";
import type { Problem } from "./problem.ts";

/** An example of a custom rule that does not come out as it says. */
export interface ExampleMiss {
  readonly rule: string;
  readonly list: "block" | "allow";
  readonly index: number;
  /** What came out instead, as in `is allowed`. */
  readonly says: string;
}

/** Judges the examples of a policy's own rules. The guard is another room, so who loads a policy brings it along. */
export type TryExamples = (policy: Policy) => readonly ExampleMiss[];

/** A file with rules in it. */
export interface CustomLayer {
  readonly document: SourceDocument;
  readonly source: { readonly guard?: GuardSource | undefined } | undefined;
}

/** What no schema can say of custom rules, file by file. */
export function customProblems(layers: readonly CustomLayer[]): readonly Problem[] {
  const seen = new Map<string, string>();
  return entriesOf(layers).flatMap(({ entry, field, document }): readonly Problem[] => {
    const found: Problem[] = [];
    const first = seen.get(entry.id);
    if (first !== undefined)
      found.push({
        where: document.where([...field, "id"]),
        says: `is used twice: ${JSON.stringify(entry.id)}, also ${first}`,
        why: "a decision names a rule by its id",
        fix: "give each entry an id of its own",
      });
    seen.set(entry.id, `in ${document.file}`);
    if (matchers.every((name) => entry[name] === undefined))
      found.push({
        where: document.where(field),
        says: "matches nothing",
        why: "an entry without a matcher would be taken for a rule that holds",
        fix: `add one of ${matchers.join(", ")}`,
      });
    for (const list of ["block", "allow"] as const)
      for (const [index, example] of (entry.examples?.[list] ?? []).entries()) {
        if (typeof example === "string") continue;
        const { cwd: _, ...what } = example;
        if (Object.values(what).filter((value) => value !== undefined).length === 1) continue;
        found.push({
          where: document.where([...field, "examples", list, index]),
          says: "is not one action",
          why: "an example is judged as one action",
          fix: "write a command line, or exactly one of command, edit, read, fetch and tool",
        });
      }
    return found;
  });
}

/** Examples that come out otherwise, at their places. */
export function exampleProblems(
  layers: readonly CustomLayer[],
  misses: readonly ExampleMiss[],
): readonly Problem[] {
  const entries = entriesOf(layers);
  return misses.flatMap(({ rule, list, index, says }): readonly Problem[] => {
    const found = entries.find(({ entry }) => entry.id === rule);
    if (found === undefined) return [];
    return [
      {
        where: found.document.where([...found.field, "examples", list, index]),
        says,
        why: "a rule that does not do what its examples say is not the rule that was meant",
        fix: `correct the example, or what ${rule} matches; surefoot guard explain shows how a command is read`,
      },
    ];
  });
}

const matchers = [
  "command",
  "reads",
  "writes",
  "deletes",
  "edits",
  "network",
  "tool",
] as const satisfies readonly (keyof CustomRule["match"])[];

interface Placed {
  readonly entry: CustomSource;
  readonly field: FieldPath;
  readonly document: SourceDocument;
}

function entriesOf(layers: readonly CustomLayer[]): readonly Placed[] {
  return layers.flatMap(({ document, source }) =>
    (["deny", "ask", "allow"] as const).flatMap((verdict) =>
      (source?.guard?.[verdict] ?? []).map((entry: CustomSource, index) => ({
        entry,
        field: ["guard", verdict, index],
        document,
      })),
    ),
  );
}
