import type { CustomRule, GateCheck, GuardPolicy, JailMode, Policy, RuleMode } from "../core/policy.ts";
import type { FieldPath } from "./document.ts";
import { writeDuration } from "./duration.ts";
import { within } from "./glob.ts";

/** A field that allows more afterwards than before, with both values as a person would write them. */
export interface Loosening {
  /** In the terms of surefoot.yaml. */
  readonly field: FieldPath;
  readonly before: string;
  readonly after: string;
  /** What would still be allowed. */
  readonly fix: string;
}

/**
 * Every way in which `after` allows more than `before`. A service's file (`service`) may besides widen what is its
 * own business: cache folders, owners, the spec file.
 */
export function loosenings(
  before: Policy,
  after: Policy,
  { service = false }: { readonly service?: boolean } = {},
): readonly Loosening[] {
  const b = before.budgets;
  const a = after.budgets;
  return [
    ...dropped(["protected_branches"], before.protectedBranches, after.protectedBranches),
    ...(within(after.scope.allow, before.scope.allow)
      ? []
      : [
          {
            field: ["scope", "allow"],
            before: listed(before.scope.allow),
            after: listed(after.scope.allow),
            fix: `name only files that ${listed(before.scope.allow)} already allows`,
          },
        ]),
    ...dropped(["scope", "deny"], before.scope.deny, after.scope.deny),
    ...more(["budgets", "iterations"], b.iterations, a.iterations),
    ...more(["budgets", "wall_time"], b.wallTimeMs, a.wallTimeMs, writeDuration),
    ...more(["budgets", "tokens", "soft"], b.tokensSoft, a.tokensSoft),
    ...more(["budgets", "tokens", "hard"], b.tokensHard, a.tokensHard),
    ...more(["budgets", "cost_usd"], b.costUsd, a.costUsd),
    ...patchFields.flatMap(([name, key]) => [
      ...more(["budgets", "patch", name, "files"], b.patch[key].files, a.patch[key].files),
      ...more(["budgets", "patch", name, "lines"], b.patch[key].lines, a.patch[key].lines),
    ]),
    ...more(["budgets", "dispatches"], b.dispatches, a.dispatches),
    ...more(["budgets", "strikes"], b.strikes, a.strikes),
    ...weakerChecks("full", before.gates.full, after.gates.full),
    ...weakerChecks("fallback", before.gates.fallback, after.gates.fallback),
    ...(service ? [] : added(["setup", "caches"], before.setup.caches, after.setup.caches)),
    ...guardLoosenings(before.guard, after.guard),
    ...(jailRank(after.jail) < jailRank(before.jail)
      ? [{ field: ["jail"], before: before.jail, after: after.jail, fix: `keep ${before.jail}` }]
      : []),
    ...(service ? [] : reassigned(before, after)),
    ...(before.redaction.enabled && !after.redaction.enabled
      ? [{ field: ["redaction", "enabled"], before: "true", after: "false", fix: "keep true" }]
      : []),
    ...dropped(["redaction", "env"], before.redaction.env, after.redaction.env),
    ...(after.retention.artifactDays < before.retention.artifactDays
      ? [
          {
            field: ["retention", "artifacts"],
            before: `${before.retention.artifactDays}d`,
            after: `${after.retention.artifactDays}d`,
            fix: `keep evidence for ${before.retention.artifactDays}d or longer`,
          },
        ]
      : []),
    ...added(
      ["waivers"],
      before.waivers.map(({ id }) => id),
      after.waivers.map(({ id }) => id),
    ),
  ];
}

/** Rules that are weaker, and exceptions that are new. */
export function guardLoosenings(before: GuardPolicy, after: GuardPolicy): readonly Loosening[] {
  const fresh = after.custom.filter((rule) => rule.verdict === "allow" && !before.custom.includes(rule));
  return [
    ...weakerRules(before.rules, after.rules),
    ...(fresh.length === 0
      ? []
      : [
          {
            field: ["guard", "allow"],
            before: "nothing more",
            after: fresh.map(writeAllow).join("; "),
            fix: `leave out ${listed(fresh.map(({ id }) => id))}`,
          },
        ]),
  ];
}

/** `custom/x: command npm publish, writes ~/notes/**` */
function writeAllow({ id, match }: CustomRule): string {
  const parts = Object.entries(match).flatMap(([name, patterns]: readonly [string, readonly string[]]) =>
    patterns.length === 0 ? [] : [`${name} ${patterns.join(" | ")}`],
  );
  return `${id} (${parts.join(", ")})`;
}

const patchFields = [
  ["per_call", "perCall"],
  ["per_attempt", "perAttempt"],
  ["total", "total"],
  ["under_fallback", "underFallback"],
] as const;

function more(
  field: FieldPath,
  before: number,
  after: number,
  write: (value: number) => string = String,
): readonly Loosening[] {
  if (after <= before) return [];
  return [{ field, before: write(before), after: write(after), fix: `set at most ${write(before)}` }];
}

function dropped(
  field: FieldPath,
  before: readonly string[],
  after: readonly string[],
): readonly Loosening[] {
  const gone = before.filter((item) => !after.includes(item));
  return gone.length === 0
    ? []
    : [{ field, before: listed(before), after: listed(after), fix: `keep ${listed(gone)}` }];
}

function added(field: FieldPath, before: readonly string[], after: readonly string[]): readonly Loosening[] {
  const extra = after.filter((item) => !before.includes(item));
  return extra.length === 0
    ? []
    : [
        {
          field,
          before: listed(before),
          after: listed(after),
          fix: `move ${listed(extra)} to surefoot.yaml`,
        },
      ];
}

function weakerChecks(
  gate: "full" | "fallback",
  before: readonly GateCheck[],
  after: readonly GateCheck[],
): readonly Loosening[] {
  return before.flatMap((check): readonly Loosening[] => {
    const now = after.find(({ name }) => name === check.name);
    const field = ["gates", gate];
    if (now === undefined)
      return [{ field, before: check.name, after: "removed", fix: `keep the check ${check.name}` }];
    const changed = (key: string, was: string, is: string): Loosening => ({
      field,
      before: `${check.name}: ${key} ${was}`,
      after: `${key} ${is}`,
      fix: `keep ${key} of ${check.name}, or give the added check another name`,
    });
    return [
      ...(now.run === check.run ? [] : [changed("run", check.run, now.run)]),
      ...(now.reruns <= check.reruns ? [] : [changed("reruns", `${check.reruns}`, `${now.reruns}`)]),
      ...(testsRank(now.tests) < testsRank(check.tests) ? [changed("tests", check.tests, now.tests)] : []),
      ...(check.whenRedBefore === "must_fix" && now.whenRedBefore === "report"
        ? [changed("when_red_before", check.whenRedBefore, now.whenRedBefore)]
        : []),
      ...(now.targeted === check.targeted
        ? []
        : [changed("targeted", `${check.targeted}`, `${now.targeted}`)]),
      ...(check.junit === undefined || now.junit === check.junit
        ? []
        : [changed("junit", check.junit, now.junit ?? "unset")]),
    ];
  });
}

function weakerRules(
  before: Readonly<Record<string, RuleMode>>,
  after: Readonly<Record<string, RuleMode>>,
): readonly Loosening[] {
  return Object.entries(after).flatMap(([id, mode]) => {
    const was = modeOf(before, id);
    return ruleRank(mode) < ruleRank(was)
      ? [{ field: ["guard", "rules", id], before: was, after: mode, fix: `keep ${was}, or set enforce` }]
      : [];
  });
}

/** What a policy says about a rule id or a family: its own entry, else its family's, else `*`, else `enforce`. */
function modeOf(rules: Readonly<Record<string, RuleMode>>, id: string): RuleMode {
  const family = `${id.split("/")[0] ?? id}/*`;
  const entry = [id, family, "*"].find((key) => Object.hasOwn(rules, key));
  return (entry === undefined ? undefined : rules[entry]) ?? "enforce";
}

function reassigned(before: Policy, after: Policy): readonly Loosening[] {
  const keys = ["spec", "evaluation", "harness", "escalation", "secondary"] as const;
  return [
    ...keys.map((key) => [["owners", key], before.owners[key], after.owners[key]] as const),
    [["spec"], before.spec, after.spec] as const,
  ].flatMap(([field, was, is]) =>
    was === undefined || was === is
      ? []
      : [{ field, before: was, after: is ?? "unset", fix: `keep ${JSON.stringify(was)}` }],
  );
}

function ruleRank(mode: RuleMode): number {
  return ["off", "observe", "enforce"].indexOf(mode);
}

function jailRank(mode: JailMode): number {
  return ["off", "auto", "required"].indexOf(mode);
}

function testsRank(tests: GateCheck["tests"]): number {
  return ["none", "auto", "required"].indexOf(tests);
}

function listed(items: readonly string[]): string {
  return items.length === 0 ? "nothing" : items.join(", ");
}
