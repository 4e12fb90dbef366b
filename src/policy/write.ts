import { Document, isMap, isScalar, isSeq } from "yaml";
import type { CompiledPolicy, CustomRule, GateCheck, Origin, PatchLimit, Policy } from "../core/policy.ts";
import { nameOf } from "./check-name.ts";
import { writePath } from "./document.ts";
import type { FieldPath } from "./document.ts";
import { writeDuration } from "./duration.ts";
import type { CustomSource } from "./guard-schema.ts";
import type { CheckSource, PolicySource } from "./schema.ts";

/** The policy as a whole surefoot.yaml, each value with its origin as a comment where asked. */
export function writePolicy({ policy, origins }: CompiledPolicy, { origin = false } = {}): string {
  const document = new Document(sourceOf(policy));
  const byField = new Map(origins.map((one) => [one.field, one]));
  decorate(document.contents, [], (path) => {
    const found = byField.get(writePath(path));
    return origin && found !== undefined ? ` ${writeOrigin(found)}` : undefined;
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** `surefoot.yaml:12`, `default`, `command line`, `preset strict (policies/strict.yaml:4)`. */
export function writeOrigin({ source, file, line }: Origin): string {
  const place = [file, line].filter((part) => part !== undefined).join(":");
  if (source === "surefoot.yaml" || source === "surefoot.local.yaml") return place || source;
  return place === "" ? source : `${source}, ${place}`;
}

function sourceOf(policy: Policy): PolicySource {
  const { budgets, owners } = policy;
  return {
    version: 1,
    preset: policy.preset,
    protected_branches: [...policy.protectedBranches],
    scope: { allow: [...policy.scope.allow], deny: [...policy.scope.deny] },
    budgets: {
      iterations: budgets.iterations,
      wall_time: writeDuration(budgets.wallTimeMs),
      tokens: { soft: budgets.tokensSoft, hard: budgets.tokensHard },
      cost_usd: budgets.costUsd,
      patch: {
        per_call: limitOf(budgets.patch.perCall),
        per_attempt: limitOf(budgets.patch.perAttempt),
        total: limitOf(budgets.patch.total),
        under_fallback: limitOf(budgets.patch.underFallback),
      },
      dispatches: budgets.dispatches,
      strikes: budgets.strikes,
    },
    gates: { full: policy.gates.full.map(checkSourceOf), fallback: policy.gates.fallback.map(checkSourceOf) },
    setup: {
      run: [...policy.setup.run],
      caches: [...policy.setup.caches],
      timeout: writeDuration(policy.setup.timeoutMs),
    },
    guard: { rules: { ...policy.guard.rules }, ...customSources(policy.guard.custom) },
    jail: policy.jail,
    ...(Object.values(owners).some((owner) => owner !== undefined)
      ? { owners: Object.fromEntries(Object.entries(owners).filter(([, owner]) => owner !== undefined)) }
      : {}),
    redaction: { enabled: policy.redaction.enabled, env: [...policy.redaction.env] },
    retention: { artifacts: `${policy.retention.artifactDays}d` },
    waivers: policy.waivers.map((waiver) => ({ ...waiver })),
    ...(policy.spec === undefined ? {} : { spec: policy.spec }),
  };
}

/** The lists that custom rules were written in. What only the user's own settings can say is left out. */
function customSources(
  custom: readonly CustomRule[],
): Partial<Record<CustomRule["verdict"], CustomSource[]>> {
  return Object.fromEntries(
    (["deny", "ask", "allow"] as const).flatMap((verdict) => {
      const rules = custom.filter((rule) => rule.verdict === verdict);
      return rules.length === 0 ? [] : [[verdict, rules.map(customSource)]];
    }),
  );
}

function customSource({ id, says, instead, match, paths, modes, mode, examples }: CustomRule): CustomSource {
  const some = (lists: Readonly<Record<string, readonly unknown[]>>): object =>
    Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
  const shown = some({ ...examples });
  return {
    id,
    says,
    ...(instead === undefined ? {} : { instead }),
    ...some({ ...match, paths, modes }),
    ...(mode === "enforce" ? {} : { mode }),
    ...(Object.keys(shown).length === 0 ? {} : { examples: shown }),
  };
}

function limitOf({ files, lines }: PatchLimit): { files: number; lines: number } {
  return { files, lines };
}

/** Only what differs from the defaults of a check. */
function checkSourceOf(check: GateCheck): CheckSource {
  return {
    ...(check.name === nameOf(check.run) ? {} : { name: check.name }),
    run: check.run,
    timeout: writeDuration(check.timeoutMs),
    ...(check.tests === "auto" ? {} : { tests: check.tests }),
    ...(check.junit === undefined ? {} : { junit: check.junit }),
    ...(check.whenRedBefore === "must_fix" ? {} : { when_red_before: check.whenRedBefore }),
    ...(check.reruns === 0 ? {} : { reruns: check.reruns }),
    ...(check.targeted ? { targeted: true } : {}),
  };
}

function decorate(node: unknown, path: FieldPath, comment: (path: FieldPath) => string | undefined): void {
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      const inner = [...path, String(isScalar(key) ? key.value : key)];
      const said = comment(inner);
      if (isSeq(value)) {
        const plain = value.items.every((item) => isScalar(item));
        value.flow = plain;
        if (said !== undefined && plain) value.comment = said;
        else if (said !== undefined && isScalar(key)) key.commentBefore = said;
      } else if (isScalar(value)) {
        if (said !== undefined) value.comment = said;
      } else decorate(value, inner, comment);
    }
  }
}
