import type { Judges } from "../checks/change-check.ts";
import { checks } from "../checks/change/index.ts";
import type { Claim } from "../core/change.ts";
import type { Change } from "../core/change.ts";
import type { Finding, JudgedFinding } from "../core/finding.ts";
import { resolve } from "../core/taxonomy.ts";
import type { RunContext } from "./context.ts";
import { hiddenRepositories } from "./workspace.ts";

export interface ChangeEvidence {
  readonly iteration: number;
  readonly change: Change;
  /** Paths of the tree that git could not take into the diff. */
  readonly missed: readonly string[];
  readonly judges: Judges;
  readonly claim: Claim | undefined;
  readonly fromGate: readonly (Finding & { readonly check: string })[];
}

/** Looks at the change with every check, gives each finding its severity, and records what is new. */
export function checkChange(context: RunContext, evidence: ChangeEvidence): readonly JudgedFinding[] {
  const input = {
    change: evidence.change,
    scope: context.policy.scope,
    claim: evidence.claim,
    written: writtenPaths(context),
    judges: evidence.judges,
  };
  const fromChecks = checks.flatMap((check) =>
    check
      .check(input)
      .findings.map((finding): Finding & { check: string } => ({ ...finding, check: check.id })),
  );
  const repositories = evidence.missed.filter((path) => path.endsWith("/"));
  const fromGit = [
    ...[...hiddenRepositories(evidence.change), ...repositories].map((path) =>
      unseen(
        path,
        "change.hidden_repository",
        "is a repository of its own: its files are not part of the diff",
      ),
    ),
    ...evidence.missed
      .filter((path) => !path.endsWith("/"))
      .map((path) => unseen(path, "change.unrecorded_file", "cannot be read: it is not part of the diff")),
  ];
  const found = [...fromChecks, ...fromGit, ...evidence.fromGate].map((finding) => judged(context, finding));
  const known =
    context.journal.session().iterations.find((one) => one.number === evidence.iteration)?.findings ?? [];
  const fresh = found.filter(
    (finding) => !known.some((one) => one.code === finding.code && one.says === finding.says),
  );
  for (const finding of fresh)
    context.journal.append({ type: "finding.reported", iteration: evidence.iteration, finding });
  return [...known, ...fresh];
}

function unseen(path: string, code: string, says: string): Finding & { check: string } {
  return { check: "scope", code, says: `${path} ${says}`, measures: {}, evidence: [{ path }] };
}

/**
 * What a gate did to the tree that it judged. A pass on files that the gate itself has put right is no pass of the
 * change; new files are named, as a first snapshot of a test would be missing in the branch.
 */
export function gateRewrote(
  touched: { readonly altered: readonly string[]; readonly fresh: readonly string[] },
  before: readonly string[],
): readonly (Finding & { check: string })[] {
  const altered = touched.altered.filter((path) => !before.includes(path));
  const about = (
    paths: readonly string[],
    code: string,
    did: string,
  ): readonly (Finding & { check: string })[] => {
    const [first] = paths;
    if (first === undefined) return [];
    const rest = paths.length > 1 ? ` and ${paths.length - 1} more` : "";
    return [
      {
        check: "gate",
        code,
        says: `the gate ${did} ${first}${rest} while it ran, and the branch holds ${paths.length > 1 ? "them" : "it"} as before`,
        measures: { files: paths.length },
        evidence: paths.slice(0, 20).map((path) => ({ path })),
      },
    ];
  };
  return [
    ...about(altered, "gate.changed_tree", "changed"),
    ...about(touched.fresh, "gate.left_files", "made"),
  ];
}

/** What was written at any time of the run: an edit that was put back later is no false claim. */
function writtenPaths({ journal, workspace }: RunContext): readonly string[] {
  const fromDiffs = journal.session().iterations.flatMap((iteration) => iteration.diff?.paths ?? []);
  const fromEdits = [...journal.entries()].flatMap(({ event }) =>
    event.type === "action.judged" && event.action.kind === "edit" && !event.enforced
      ? [event.action.path]
      : [],
  );
  const inTree = fromEdits.map((path) =>
    path.startsWith(`${workspace.tree}/`) ? path.slice(workspace.tree.length + 1) : path,
  );
  return [...new Set([...fromDiffs, ...inTree])];
}

function judged(context: RunContext, finding: Finding & { readonly check: string }): JudgedFinding {
  const mode = resolve(context.taxonomy, finding);
  return {
    ...finding,
    code: mode.code,
    severity: mode.severity,
    ...(mode.detail === undefined ? {} : { says: `${finding.says} (${mode.detail})` }),
  };
}
