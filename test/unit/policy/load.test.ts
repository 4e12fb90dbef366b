import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { families } from "../../../src/guard/rules/index.ts";
import { examinePolicy, loadPolicy } from "../../../src/policy/load.ts";
import type { PolicyRequest } from "../../../src/policy/load.ts";
import type { CompiledPolicy, Origin } from "../../../src/core/policy.ts";
import { writeProblem } from "../../../src/policy/problem.ts";
import { faultFrom, filesWith } from "./support.ts";

type Rest = Omit<PolicyRequest, "files" | "root">;

const load = (texts: Readonly<Record<string, string>>, rest: Rest = {}): Promise<CompiledPolicy> =>
  loadPolicy({ files: filesWith(texts), root: "/repo", ...rest });

const problems = async (
  texts: Readonly<Record<string, string>>,
  rest: Rest = {},
): Promise<readonly string[]> =>
  (await examinePolicy({ files: filesWith(texts), root: "/repo", ...rest })).problems.map(
    (problem) => `${writeProblem(problem)} → ${problem.fix}`,
  );

const originOf = (compiled: CompiledPolicy, field: string): Origin | undefined =>
  compiled.origins.find((origin) => origin.field === field);

// Rules that are right and too loud to bind by default.
const onRecordOnly = {
  "network/upload": "observe",
  "packages/global-install": "observe",
  "packages/unusual-source": "observe",
  "secrets/env-file": "observe",
  "tests/snapshot-update": "observe",
} as const;

test("a repository that says nothing gets the standard preset, and the origins say so", async () => {
  const { policy, origins } = await load({});
  assert.deepEqual(policy, {
    preset: "standard",
    protectedBranches: ["main", "master", "trunk", "develop", "production", "release/**"],
    scope: { allow: ["**"], deny: [] },
    budgets: {
      iterations: 3,
      wallTimeMs: 1_800_000,
      tokensSoft: 150_000,
      tokensHard: 300_000,
      costUsd: 4.5,
      patch: {
        perCall: { files: 1, lines: 200 },
        perAttempt: { files: 10, lines: 800 },
        total: { files: 10, lines: 800 },
        underFallback: { files: 1, lines: 20 },
      },
      dispatches: 2,
      strikes: 3,
    },
    gates: { full: [], fallback: [] },
    setup: { run: [], caches: [], timeoutMs: 900_000 },
    guard: { rules: { "*": "enforce", ...onRecordOnly }, custom: [] },
    jail: "auto",
    owners: {
      spec: undefined,
      evaluation: undefined,
      harness: undefined,
      escalation: undefined,
      secondary: undefined,
    },
    redaction: { enabled: true, env: [] },
    retention: { artifactDays: 30 },
    waivers: [],
    spec: undefined,
  });
  assert.deepEqual([...new Set(origins.map(({ source }) => source))], ["default"]);
});

test("a check may be one line, and gets a name and every default", async () => {
  const { policy } = await load({ "surefoot.yaml": "gates:\n  full: [npm run lint]\n" });
  assert.deepEqual(policy.gates.full, [
    {
      name: "lint",
      run: "npm run lint",
      timeoutMs: 900_000,
      tests: "auto",
      junit: undefined,
      whenRedBefore: "must_fix",
      reruns: 0,
      targeted: false,
    },
  ]);
});

test("each layer is named as the origin of what it says, with its line", async () => {
  const compiled = await load(
    {
      "surefoot.yaml":
        "preset: strict\nbudgets:\n  iterations: 5\n  cost_usd: 9\nscope:\n  allow:\n    - src/**\n",
      "services/web.yaml": "budgets: {iterations: 4}\nsetup:\n  caches: [~/.npm]\n",
      "surefoot.local.yaml": "budgets:\n  cost_usd: 1\n",
    },
    { service: "web", overrides: { budgets: { strikes: 7 } } },
  );
  const shown = [
    "preset",
    "budgets.iterations",
    "setup.caches",
    "budgets.cost_usd",
    "scope.allow",
    "budgets.strikes",
    "jail",
    "spec",
  ];
  assert.deepEqual(
    shown.map((field) => originOf(compiled, field)),
    [
      { field: "preset", source: "surefoot.yaml", file: "surefoot.yaml", line: 1 },
      { field: "budgets.iterations", source: "service overlay", file: "services/web.yaml", line: 1 },
      { field: "setup.caches", source: "service overlay", file: "services/web.yaml", line: 3 },
      { field: "budgets.cost_usd", source: "surefoot.local.yaml", file: "surefoot.local.yaml", line: 2 },
      { field: "scope.allow", source: "surefoot.yaml", file: "surefoot.yaml", line: 6 },
      { field: "budgets.strikes", source: "command line" },
      { field: "jail", source: "preset", file: "policies/strict.yaml", line: 10 },
      { field: "spec", source: "default" },
    ],
  );
  const { budgets } = compiled.policy;
  assert.deepEqual(
    [budgets.iterations, budgets.costUsd, budgets.strikes, budgets.patch.total.files],
    [4, 1, 7, 3],
  );
});

test("every problem is listed with line, column, field and fix, in reading order", async () => {
  const text = [
    "preset: stict",
    "budgts: {}",
    "budgets:",
    "  wallTime: 10m",
    "  wall_time: 10",
    "  patch: {total: {files: 0}}",
    "scope:",
    "  deny: docs/**",
    "gates:",
    "  full:",
    "    - {rn: npm test}",
    "guard:",
    "  rules: {force: enforce}",
    "waivers:",
    "  - {id: a, what: test, diff: x, reason: r, approver: p, expires: soon}",
    "jail:",
  ].join("\n");
  const top =
    "version, preset, protected_branches, scope, budgets, gates, setup, guard, jail, owners, redaction, retention, waivers, spec";
  assert.deepEqual(await problems({ "surefoot.yaml": text }), [
    'surefoot.yaml:1:9: preset must be observe, standard or strict, and is "stict" → did you mean strict?',
    `surefoot.yaml:2:1: budgts is not a known key → did you mean budgets? Known here: ${top}`,
    "surefoot.yaml:4:3: budgets.wallTime is not a known key → did you mean wall_time? Known here: iterations, wall_time, tokens, cost_usd, patch, dispatches, strikes",
    "surefoot.yaml:5:14: budgets.wall_time must be a text, and is 10 → write a whole number and a unit, as in 90s, 10m or 2h",
    "surefoot.yaml:6:26: budgets.patch.total.files must be at least 1, and is 0 → write a whole number",
    'surefoot.yaml:8:9: scope.deny must be a list, and is "docs/**" → write it as a list: ["docs/**"]',
    "surefoot.yaml:11:7: gates.full[0].run is missing → add run",
    "surefoot.yaml:11:8: gates.full[0].rn is not a known key → did you mean run? Known here: name, run, timeout, tests, junit, when_red_before, reruns, targeted",
    'surefoot.yaml:13:11: guard.rules.force is not a valid key: "force" → write a rule id as in git/force-push, a family as in git/*, or *',
    'surefoot.yaml:15:31: waivers[0].diff has the wrong form: "x" → Fingerprint of the one diff that it holds for: diff: and 64 hex digits, as the report prints it.',
    'surefoot.yaml:15:67: waivers[0].expires has the wrong form: "soon" → UTC date, or date and time ending in Z, from which the waiver is void.',
    "surefoot.yaml:16:6: jail must be auto, off or required, and is empty → write auto, off or required",
  ]);
});

test("the fault says the first problem and its hint lists the others", async () => {
  assert.deepEqual(await faultFrom(load({ "surefoot.yaml": "jail: on\nspecs: x\n" })), {
    code: "policy/invalid",
    says: 'surefoot.yaml:1:7: jail must be auto, off or required, and is "on"',
    hint: "write auto, off or required\none more problem:\n  surefoot.yaml:2:1: specs is not a known key — did you mean spec? Known here: version, preset, protected_branches, scope, budgets, gates, setup, guard, jail, owners, redaction, retention, waivers, spec",
  });
});

test("YAML that cannot be read is reported at its place", async () => {
  assert.deepEqual(await problems({ "surefoot.yaml": "jail: auto\njail: off\n" }), [
    "surefoot.yaml:2:1: the file is not valid YAML: map keys must be unique → keep one of the two",
  ]);
  assert.deepEqual(await problems({ "surefoot.yaml": "setup: *nowhere\n" }), [
    "surefoot.yaml:1:1: the file is not valid YAML: unresolved alias (the anchor must be set before the alias): nowhere → write the value out instead of the alias",
  ]);
});

test("a file that is a list, a file under a wrong name and an empty file are told apart", async () => {
  assert.deepEqual(await problems({ "surefoot.yaml": "- a\n" }), [
    "surefoot.yaml:1:1: the file must be a map, and is a list → write a map of version, preset, protected_branches, scope, budgets, gates, setup, guard, jail, owners, redaction, retention, waivers, spec",
  ]);
  assert.deepEqual(await problems({ "surefoot.yml": "" }), [
    "surefoot.yml:1:1: the file is not read: the policy's name ends in .yaml → git mv surefoot.yml surefoot.yaml",
  ]);
  assert.deepEqual(await problems({ "surefoot.yaml": "# nothing yet\n" }), []);
});

test("contradictions between fields are problems", async () => {
  assert.deepEqual(
    await problems({
      "surefoot.yaml":
        "budgets: {tokens: {hard: 1000}}\ngates:\n  full: [npm test, npm test]\n  fallback: [npm run lint]\n",
    }),
    [
      "surefoot.yaml:1:19: budgets.tokens has soft 150000 above hard 1000 → set soft to at most 1000",
      "surefoot.yaml:3:20: gates.full[1] has a second check named test → give it a name of its own",
      "surefoot.yaml:4:13: gates.fallback has no targeted check → add the documented command that exercises the changed behaviour, with targeted: true",
    ],
  );
});

test("the local file may tighten every kind of value", async () => {
  const { policy } = await load({
    "surefoot.yaml":
      "scope: {allow: ['src/**']}\ngates: {full: [{run: npm test, reruns: 2}]}\nguard: {rules: {'git/*': observe}}\n",
    "surefoot.local.yaml": [
      "protected_branches: [mine]",
      "scope: {allow: ['src/a/**'], deny: ['src/a/x.ts']}",
      "gates: {full: [make check, {run: npm test, reruns: 1}]}",
      "guard: {rules: {git/force-push: enforce}}",
      "jail: required",
      "redaction: {env: [SECRET_NAME]}",
    ].join("\n"),
  });
  assert.deepEqual(policy.scope, { allow: ["src/a/**"], deny: ["src/a/x.ts"] });
  assert.deepEqual(policy.protectedBranches.at(-1), "mine");
  assert.deepEqual(
    policy.gates.full.map(({ name, reruns }) => [name, reruns]),
    [
      ["test", 1],
      ["make check", 0],
    ],
  );
  assert.deepEqual(policy.guard.rules, {
    "*": "enforce",
    ...onRecordOnly,
    "git/*": "observe",
    "git/force-push": "enforce",
  });
  assert.deepEqual([policy.jail, policy.redaction.env], ["required", ["SECRET_NAME"]]);
});

const loose = {
  "surefoot.yaml": "scope: {allow: ['src/**']}\nowners: {spec: ann}\ngates: {full: [npm test]}\n",
  "surefoot.local.yaml": [
    "preset: observe",
    "scope: {allow: ['**']}",
    "budgets: {iterations: 9, wall_time: 1h, patch: {total: {lines: 900}}}",
    "gates: {full: [{name: test, run: 'true'}]}",
    "setup: {caches: [/opt/cache]}",
    "guard: {rules: {'git/*': observe}}",
    "jail: off",
    "owners: {spec: bob}",
    "redaction: {enabled: false}",
    "retention: {artifacts: 1d}",
    `waivers: [{id: w1, what: test, diff: 'diff:${"0".repeat(64)}', reason: r, approver: me, expires: 2030-01-01}]`,
  ].join("\n"),
};

test("a loosening in the local file is a problem that names field and both values", async () => {
  const found = (await problems(loose)).map((line) => line.replace(/ → .*/, ""));
  assert.deepEqual(found, [
    "surefoot.local.yaml:1:1: preset can be chosen in surefoot.yaml only",
    "surefoot.local.yaml:2:16: scope.allow loosens the policy from src/** to **",
    "surefoot.local.yaml:3:23: budgets.iterations loosens the policy from 3 to 9",
    "surefoot.local.yaml:3:37: budgets.wall_time loosens the policy from 30m to 1h",
    "surefoot.local.yaml:3:64: budgets.patch.total.lines loosens the policy from 800 to 900",
    "surefoot.local.yaml:4:15: gates.full loosens the policy from test: run npm test to run true",
    "surefoot.local.yaml:5:17: setup.caches loosens the policy from nothing to /opt/cache",
    'surefoot.local.yaml:6:26: guard.rules."git/*" loosens the policy from enforce to observe',
    "surefoot.local.yaml:7:7: jail loosens the policy from auto to off",
    "surefoot.local.yaml:8:16: owners.spec loosens the policy from ann to bob",
    "surefoot.local.yaml:9:22: redaction.enabled loosens the policy from true to false",
    "surefoot.local.yaml:10:24: retention.artifacts loosens the policy from 30d to 1d",
    "surefoot.local.yaml:11:10: waivers loosens the policy from nothing to w1",
  ]);
});

test("the user's own settings let one repository's local file loosen, and the origin says it", async () => {
  const texts = {
    "surefoot.yaml": "budgets: {iterations: 3}",
    "surefoot.local.yaml": "budgets: {iterations: 9, strikes: 2}",
    "/home/me/config.yaml": "trust_local: [/repo]",
    "/home/me/other.yaml": "trust_local: [/elsewhere]",
  };
  const compiled = await load(texts, { userSettings: "/home/me/config.yaml" });
  assert.equal(compiled.policy.budgets.iterations, 9);
  assert.equal(originOf(compiled, "budgets.iterations")?.source, "user settings");
  assert.equal(originOf(compiled, "budgets.strikes")?.source, "surefoot.local.yaml");
  assert.deepEqual(await problems(texts, { userSettings: "/home/me/other.yaml" }), [
    "surefoot.local.yaml:1:23: budgets.iterations loosens the policy from 3 to 9 → set at most 3; or let your own settings allow it: trust_local: [/repo] in /home/me/other.yaml",
  ]);
});

const service = (text: string): Readonly<Record<string, string>> => ({
  "surefoot.yaml": "owners: {spec: ann}\n",
  "services/web.yaml": text,
});

test("a service may add caches and owners, and may not loosen", async () => {
  const { policy } = await load(service("setup: {caches: [~/.npm]}\nowners: {spec: bob}\n"), {
    service: "web",
  });
  assert.deepEqual([policy.setup.caches, policy.owners.spec], [["~/.npm"], "bob"]);
  assert.deepEqual(await problems(service("budgets: {strikes: 4}"), { service: "web" }), [
    "services/web.yaml:1:20: budgets.strikes loosens the policy from 3 to 4 → set at most 3",
  ]);
});

test("a service without a file and a service name that is a path are faults", async () => {
  assert.equal((await faultFrom(load({}, { service: "web" }))).code, "policy/not-found");
  assert.equal((await faultFrom(load({}, { service: "../web" }))).code, "usage/invalid");
});

test("the command line replaces what the files say, and its mistakes are named", async () => {
  const { policy } = await load(
    { "surefoot.yaml": "preset: strict\ngates: {full: [npm test]}" },
    { preset: "standard", overrides: { gates: { full: ["make check"] }, budgets: { iterations: 8 } } },
  );
  assert.deepEqual(
    [policy.preset, policy.jail, policy.gates.full.map(({ run }) => run), policy.budgets.iterations],
    ["standard", "auto", ["make check"], 8],
  );
  assert.deepEqual(await problems({}, { overrides: { budgets: { wall_time: "soon" } } }), [
    'command line: budgets.wall_time has the wrong form: "soon" → write a whole number and a unit, as in 90s, 10m or 2h',
  ]);
});

const digest = async (text: string): Promise<string> => (await load({ "surefoot.yaml": text })).digest;

test("the digest follows the policy and not its wording", async () => {
  assert.equal(
    await digest("budgets: {wall_time: 30m}"),
    await digest("# words\nbudgets:\n  wall_time: 1800s\n"),
  );
  assert.notEqual(await digest("budgets: {wall_time: 30m}"), await digest("budgets: {wall_time: 31m}"));
});

test("every preset loads, and strict allows no more than standard", async () => {
  const names = readdirSync(join(import.meta.dirname, "../../../policies"));
  assert.deepEqual(names.toSorted(), ["observe.yaml", "standard.yaml", "strict.yaml"]);
  const { policy } = await load({ "surefoot.yaml": "preset: strict" });
  assert.deepEqual(
    [policy.budgets.iterations, policy.budgets.patch, policy.jail],
    [
      2,
      {
        perCall: { files: 1, lines: 120 },
        perAttempt: { files: 3, lines: 200 },
        total: { files: 3, lines: 200 },
        underFallback: { files: 1, lines: 10 },
      },
      "required",
    ],
  );
});

test("strict enforces what standard only records", async () => {
  const { policy } = await load({ "surefoot.yaml": "preset: strict" });
  assert.deepEqual(
    Object.keys(policy.guard.rules).filter((id) => policy.guard.rules[id] !== "enforce"),
    [],
  );
});

test("observe blocks exactly what the guard's rules call irreversible", async () => {
  const { policy } = await load({ "surefoot.yaml": "preset: observe" });
  const enforced = Object.keys(policy.guard.rules).filter((id) => policy.guard.rules[id] === "enforce");
  const irreversible = families.flat().filter((rule) => rule.irreversible);
  assert.deepEqual(enforced.toSorted(), irreversible.map(({ id }) => id).toSorted());
  assert.equal(policy.guard.rules["*"], "observe");
});
