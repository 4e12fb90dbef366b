import type { CustomRule, GateCheck, Gates, Owners, PatchLimit, Policy } from "../core/policy.ts";
import { nameOf } from "./check-name.ts";
import { durationMs } from "./duration.ts";
import type { CustomSource, GuardSource } from "./guard-schema.ts";
import type { CheckSource, PolicySource } from "./schema.ts";

/** What a file says: a repository's, or with rules of the user's own. */
export type LayerSource = Omit<PolicySource, "guard"> & { readonly guard?: GuardSource | undefined };

/**
 * One layer laid over a policy. The repository's own file replaces what it names. An overlay (a service's file,
 * surefoot.local.yaml) replaces single values and the allow list, and adds to every other list, so that nobody has
 * to repeat a list in order to lengthen it. Guard rules are merged one by one in both, and custom ones are added.
 */
export function laidOver(base: Policy, source: LayerSource, how: "replace" | "overlay"): Policy {
  const list = <T>(before: readonly T[], more: readonly T[] | undefined): readonly T[] => {
    if (more === undefined) return before;
    return how === "replace" ? more : [...new Set([...before, ...more])];
  };
  const { scope, budgets, setup, guard, redaction, retention } = source;
  const patch = budgets?.patch;
  return {
    preset: source.preset ?? base.preset,
    protectedBranches: list(base.protectedBranches, source.protected_branches),
    scope: { allow: scope?.allow ?? base.scope.allow, deny: list(base.scope.deny, scope?.deny) },
    budgets: {
      iterations: budgets?.iterations ?? base.budgets.iterations,
      wallTimeMs: timeOr(budgets?.wall_time, base.budgets.wallTimeMs),
      tokensSoft: budgets?.tokens?.soft ?? base.budgets.tokensSoft,
      tokensHard: budgets?.tokens?.hard ?? base.budgets.tokensHard,
      costUsd: budgets?.cost_usd ?? base.budgets.costUsd,
      patch: {
        perCall: limit(base.budgets.patch.perCall, patch?.per_call),
        perAttempt: limit(base.budgets.patch.perAttempt, patch?.per_attempt),
        total: limit(base.budgets.patch.total, patch?.total),
        underFallback: limit(base.budgets.patch.underFallback, patch?.under_fallback),
      },
      dispatches: budgets?.dispatches ?? base.budgets.dispatches,
      strikes: budgets?.strikes ?? base.budgets.strikes,
    },
    gates: gatesOver(base.gates, source.gates, how),
    setup: {
      run: list(base.setup.run, setup?.run),
      caches: list(base.setup.caches, setup?.caches),
      timeoutMs: timeOr(setup?.timeout, base.setup.timeoutMs),
    },
    guard: {
      rules: { ...base.guard.rules, ...guard?.rules },
      custom: [...base.guard.custom, ...customRules(guard)],
    },
    jail: source.jail ?? base.jail,
    owners: ownersOver(base.owners, source.owners),
    redaction: {
      enabled: redaction?.enabled ?? base.redaction.enabled,
      env: list(base.redaction.env, redaction?.env),
    },
    retention: {
      artifactDays:
        retention?.artifacts === undefined
          ? base.retention.artifactDays
          : timeOr(retention.artifacts, 0) / 86_400_000,
    },
    waivers: list(base.waivers, source.waivers),
    spec: source.spec ?? base.spec,
  };
}

/** What a file adds, strictest first. */
function customRules(guard: GuardSource | undefined): readonly CustomRule[] {
  return (["deny", "ask", "allow"] as const).flatMap((verdict) =>
    (guard?.[verdict] ?? []).map((source: CustomSource) => customRule(verdict, source)),
  );
}

function customRule(verdict: CustomRule["verdict"], source: CustomSource): CustomRule {
  const { id, says, paths = [], modes = [], examples } = source;
  return {
    id,
    verdict,
    says,
    instead: "instead" in source ? source.instead : undefined,
    match: {
      command: source.command ?? [],
      reads: source.reads ?? [],
      writes: source.writes ?? [],
      deletes: source.deletes ?? [],
      edits: source.edits ?? [],
      network: source.network ?? [],
      tool: source.tool ?? [],
    },
    paths,
    modes,
    mode: ("mode" in source ? source.mode : undefined) ?? "enforce",
    irreversible: ("irreversible" in source ? source.irreversible : undefined) ?? false,
    examples: { block: examples?.block ?? [], allow: examples?.allow ?? [] },
  };
}

const checkTimeoutMs = 15 * 60_000;

export function checkOf(source: CheckSource): GateCheck {
  const check = typeof source === "string" ? { run: source } : source;
  return {
    name: check.name ?? nameOf(check.run),
    run: check.run,
    timeoutMs: timeOr(check.timeout, checkTimeoutMs),
    tests: check.tests ?? "auto",
    junit: check.junit,
    whenRedBefore: check.when_red_before ?? "must_fix",
    reruns: check.reruns ?? 0,
    targeted: check.targeted ?? false,
  };
}

function gatesOver(base: Gates, source: PolicySource["gates"], how: "replace" | "overlay"): Gates {
  return {
    full: checksOver(base.full, source?.full, how),
    fallback: checksOver(base.fallback, source?.fallback, how),
  };
}

function checksOver(
  base: readonly GateCheck[],
  source: readonly CheckSource[] | undefined,
  how: "replace" | "overlay",
): readonly GateCheck[] {
  if (source === undefined) return base;
  const checks = source.map(checkOf);
  if (how === "replace") return checks;
  // A check of the same name takes the place of the one below; whether it may is for `loosenings` to say.
  const kept = base.map((check) => checks.find(({ name }) => name === check.name) ?? check);
  return [...kept, ...checks.filter(({ name }) => !base.some((check) => check.name === name))];
}

function ownersOver(base: Owners, source: PolicySource["owners"]): Owners {
  return {
    spec: source?.spec ?? base.spec,
    evaluation: source?.evaluation ?? base.evaluation,
    harness: source?.harness ?? base.harness,
    escalation: source?.escalation ?? base.escalation,
    secondary: source?.secondary ?? base.secondary,
  };
}

function limit(
  base: PatchLimit,
  source: { readonly files?: number | undefined; readonly lines?: number | undefined } | undefined,
): PatchLimit {
  return { files: source?.files ?? base.files, lines: source?.lines ?? base.lines };
}

function timeOr(text: string | undefined, fallback: number): number {
  return text === undefined ? fallback : (durationMs(text) ?? fallback);
}
