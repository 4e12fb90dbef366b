import { Fault } from "./fault.ts";
import type { FailureMode, Finding, Severity } from "./finding.ts";

/** A failure taxonomy as data: code → severity and description. */
export type Taxonomy = ReadonlyMap<string, TaxonomyEntry>;

export interface TaxonomyEntry {
  readonly severity: Severity;
  readonly description: string;
}

const unknownCode = "rubric.unknown_failure_mode";

/** Reads parsed YAML (code → exactly `severity` and a non-empty `description`). Throws `policy/invalid` naming the field. */
export function parseTaxonomy(source: unknown, file: string): Taxonomy {
  const wrong = (field: string, says: string): Fault =>
    new Fault("policy/invalid", `${file}: ${field} ${says}`, {
      where: { file, field },
      hint: "each code maps to exactly two keys: severity (block, warn or info) and a description",
    });
  if (!isRecord(source)) throw wrong("the file", "is not a map of failure codes");
  return new Map(
    Object.entries(source).map(([code, entry]) => {
      if (!isRecord(entry)) throw wrong(code, "is not a map");
      const { severity, description, ...rest } = entry;
      const extra = Object.keys(rest)[0];
      if (extra !== undefined) throw wrong(`${code}.${extra}`, "is not a known key");
      if (severity !== "block" && severity !== "warn" && severity !== "info")
        throw wrong(`${code}.severity`, "must be block, warn or info");
      if (typeof description !== "string" || description.trim() === "")
        throw wrong(`${code}.description`, "must be a non-empty text");
      return [code, { severity, description }];
    }),
  );
}

/** The taxonomy, never the emitter, decides a severity. An unknown code blocks and keeps its original name. */
export function resolve(taxonomy: Taxonomy, finding: Pick<Finding, "code">): FailureMode {
  const known = taxonomy.get(finding.code);
  return known === undefined
    ? { code: unknownCode, severity: "block", detail: finding.code }
    : { code: finding.code, severity: known.severity };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
