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
  };
  const fromChecks = checks.flatMap((check) =>
    check
      .check(input)
      .findings.map((finding): Finding & { check: string } => ({ ...finding, check: check.id })),
  );
  const fromGit = hiddenRepositories(evidence.change).map((path): Finding & { check: string } => ({
    check: "scope",
    code: "change.hidden_repository",
    says: `${path} is a repository of its own: its files are not part of the diff`,
    measures: {},
    evidence: [{ path }],
  }));
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
