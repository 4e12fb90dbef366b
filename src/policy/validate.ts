import { z } from "zod";
import { closest } from "./closest.ts";
import type { FieldPath, SourceDocument } from "./document.ts";
import { durationPattern } from "./duration.ts";
import { globPattern, globProblem } from "./glob.ts";
import { pathGlobPattern, pathGlobProblem } from "./path-glob.ts";
import type { Problem } from "./problem.ts";

/** The document's value in the schema's terms, or every problem that it has. An empty document is an empty map. */
export function validate<T>(
  schema: z.ZodType<T>,
  document: SourceDocument,
): { readonly value: T | undefined; readonly problems: readonly Problem[] } {
  const value = document.value ?? {};
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data, problems: [] };
  const shape = z.toJSONSchema(schema, { io: "input" });
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, [], value, document, shape));
  return { value: undefined, problems };
}

type Issue = z.core.$ZodIssue;

function problemsOf(
  issue: Issue,
  prefix: FieldPath,
  root: unknown,
  document: SourceDocument,
  shape: unknown,
): readonly Problem[] {
  const path = [...prefix, ...issue.path.map((part) => (typeof part === "symbol" ? String(part) : part))];
  const found = valueAt(root, path);
  const why = descriptionAt(shape, path);
  const one = (says: string, fix: string): readonly Problem[] => [
    { where: document.where(path), says, why, fix },
  ];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key): Problem => {
        const known = keysAt(shape, path);
        const meant = closest(key, known);
        return {
          where: document.where([...path, key], "key"),
          says: "is not a known key",
          why: "a key that nothing reads would be taken for a rule that holds",
          fix:
            meant === undefined
              ? `known here: ${known.join(", ")}`
              : `did you mean ${meant}? Known here: ${known.join(", ")}`,
        };
      });
    case "invalid_union": {
      const branch =
        issue.errors.find(
          (errors) => !errors.some((error) => error.path.length === 0 && error.code === "invalid_type"),
        ) ?? [];
      if (branch.length > 0)
        return branch.flatMap((inner) =>
          problemsOf(inner, path, root, document, branchAt(shape, path, found)),
        );
      const kinds = issue.errors.flatMap((errors) =>
        errors.flatMap((error) => (error.code === "invalid_type" ? [kindName(error.expected)] : [])),
      );
      return one(
        `must be ${kinds.join(" or ")}, and is ${show(found)}`,
        typeof why === "string" && /^A (?:shell )?command/.test(why)
          ? `write ${why.charAt(0).toLowerCase()}${why.slice(1).replace(/\.$/, "")}`
          : "write one of them",
      );
    }
    case "invalid_type": {
      const missing = found === undefined;
      if (missing) return one("is missing", `add ${String(path.at(-1) ?? "it")}`);
      const listWanted = issue.expected === "array" && typeof found === "string";
      return one(
        `must be ${kindName(issue.expected)}, and is ${show(found)}`,
        listWanted ? `write it as a list: [${show(found)}]` : fixFor(issue.expected, shape, path),
      );
    }
    case "invalid_value": {
      const values = issue.values.map(String);
      const meant = typeof found === "string" ? closest(found, values) : undefined;
      return one(
        `must be ${listed(values)}, and is ${show(found)}`,
        meant === undefined ? `write ${listed(values)}` : `did you mean ${meant}?`,
      );
    }
    case "too_small":
      return one(
        issue.origin === "string" || issue.origin === "array"
          ? "is empty"
          : `must be ${issue.inclusive === true ? "at least" : "more than"} ${String(issue.minimum)}, and is ${show(found)}`,
        issue.origin === "string" || issue.origin === "array"
          ? "fill it in, or leave the key out to use the default"
          : fixFor(Number.isInteger(found) ? "int" : "number", shape, path),
      );
    case "too_big":
      return one(
        `must be at most ${String(issue.maximum)}${issue.origin === "string" ? " characters" : issue.origin === "array" ? " entries" : ""}`,
        "make it smaller",
      );
    case "invalid_format": {
      if ("pattern" in issue && issue.pattern === String(globPattern)) {
        const wrong = globProblem(String(found));
        if (wrong !== undefined) return one(wrong.says, wrong.fix);
      }
      if ("pattern" in issue && issue.pattern === String(pathGlobPattern)) {
        const wrong = pathGlobProblem(String(found));
        if (wrong !== undefined) return one(wrong.says, wrong.fix);
      }
      return one(`has the wrong form: ${show(found)}`, formOf(schemaAt(shape, path)) ?? why);
    }
    case "invalid_key": {
      const key = path.at(-1) ?? "";
      return [
        {
          where: document.where(path, "key"),
          says: `is not a valid key: ${JSON.stringify(key)}`,
          why,
          fix: "write a rule id as in git/force-push, a family as in git/*, or *",
        },
      ];
    }
    case "custom": {
      // The only rule that no pattern can state is the one about braces in globs; a pattern's own error goes first.
      const wrong = pathGlobProblem(String(found));
      return wrong === undefined || !pathGlobPattern.test(String(found)) ? [] : one(wrong.says, wrong.fix);
    }
    case "invalid_element":
    case "not_multiple_of":
      return one(issue.message, "correct it");
  }
}

/** Keys that the schema allows at a place. */
function keysAt(shape: unknown, path: FieldPath): readonly string[] {
  const properties = property(schemaAt(shape, path), "properties");
  return isRecord(properties) ? Object.keys(properties) : [];
}

function descriptionAt(shape: unknown, path: FieldPath): string {
  for (let end = path.length; end > 0; end -= 1) {
    const description = property(schemaAt(shape, path.slice(0, end)), "description");
    if (typeof description === "string") return description;
  }
  return "Values of another kind would be guessed at.";
}

function schemaAt(shape: unknown, path: FieldPath): unknown {
  return path.reduce((schema: unknown, part) => {
    if (typeof part === "number") return step(schema, "items");
    const named = property(step(schema, "properties"), part);
    return named ?? step(schema, "additionalProperties");
  }, shape);
}

// Through a choice, the member that has the keyword is meant: of text and map, the map has the keys.
function step(schema: unknown, keyword: string): unknown {
  const direct = property(schema, keyword);
  if (direct !== undefined) return direct;
  const choices = property(schema, "anyOf");
  if (!Array.isArray(choices)) return undefined;
  return choices.map((choice) => property(choice, keyword)).find((found) => found !== undefined);
}

function branchAt(shape: unknown, path: FieldPath, found: unknown): unknown {
  const choices = property(schemaAt(shape, path), "anyOf");
  const branch = Array.isArray(choices)
    ? choices.find((choice) => property(choice, "type") === (isRecord(found) ? "object" : typeof found))
    : undefined;
  // Rebuilt from the root, so that a path from the root finds its way.
  return path.reduceRight<unknown>(
    (inner, part) => (typeof part === "number" ? { items: inner } : { properties: { [part]: inner } }),
    branch,
  );
}

function valueAt(root: unknown, path: FieldPath): unknown {
  return path.reduce((value: unknown, part) => {
    if (Array.isArray(value)) return typeof part === "number" ? value[part] : undefined;
    return property(value, String(part));
  }, root);
}

function fixFor(expected: string, shape: unknown, path: FieldPath): string {
  switch (expected) {
    case "array":
      return "write a list, one entry a line after a dash";
    case "object":
    case "record":
      return `write a map of ${keysAt(shape, path).join(", ") || "keys and values"}`;
    case "boolean":
      return "write true or false";
    case "number":
    case "int":
      return `write ${kindName(expected)}`;
    default:
      return (
        formOf(schemaAt(shape, path)) ??
        `write ${kindName(expected)}, in quotes if it looks like something else`
      );
  }
}

/** How to write what the pattern asks for, where a sentence says it better than the description. */
function formOf(schema: unknown): string | undefined {
  const pattern = property(schema, "pattern");
  if (pattern === durationPattern.source) return "write a whole number and a unit, as in 90s, 10m or 2h";
  if (pattern === globPattern.source)
    return "write a path or a glob relative to the repository root, as in src/**";
  return undefined;
}

function kindName(expected: string): string {
  switch (expected) {
    case "array":
      return "a list";
    case "object":
    case "record":
      return "a map";
    case "string":
      return "a text";
    case "int":
      return "a whole number";
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
    default:
      return expected;
  }
}

function show(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function listed(values: readonly string[]): string {
  return values.length < 2 ? values.join("") : `${values.slice(0, -1).join(", ")} or ${values.at(-1) ?? ""}`;
}

function property(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
