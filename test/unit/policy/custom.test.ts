import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "../../../src/core/digest.ts";
import type { CompiledPolicy, Loosened } from "../../../src/core/policy.ts";
import { missedExamples } from "../../../src/guard/custom-example.ts";
import { examinePolicy, loadPolicy } from "../../../src/policy/load.ts";
import type { PolicyRequest } from "../../../src/policy/load.ts";
import { writeProblem } from "../../../src/policy/problem.ts";
import { readTrusted, trustedDigests, writeTrusted } from "../../../src/policy/trust.ts";
import { writePolicy } from "../../../src/policy/write.ts";
import { faultFrom, filesWith } from "./support.ts";

type Texts = Readonly<Record<string, string>>;
type Rest = Omit<PolicyRequest, "files" | "root">;

const load = (texts: Texts, rest: Rest = {}): Promise<CompiledPolicy> =>
  loadPolicy({ files: filesWith(texts), root: "/repo", tryExamples: missedExamples, ...rest });

const problems = async (text: string, rest: Rest = {}): Promise<readonly string[]> => {
  const examined = await examinePolicy({
    files: filesWith({ "surefoot.yaml": text }),
    root: "/repo",
    tryExamples: missedExamples,
    ...rest,
  });
  return examined.problems.map((problem) => `${writeProblem(problem)} → ${problem.fix}`);
};

const full = [
  "guard:",
  "  deny:",
  "    - id: custom/no-cluster-delete",
  "      says: it deletes things in the cluster",
  "      instead: kubectl get pods",
  "      command: [kubectl delete]",
  "      paths: [infra/**]",
  "      modes: [implement]",
  "      examples: { block: [kubectl delete pod x, { command: kubectl -n a delete y, cwd: infra/b }], allow: [kubectl get pods] }",
  "  ask:",
  "    - { id: custom/gen, says: it is generated, edits: [gen/**], mode: observe, examples: { block: [{ edit: gen/a.ts }], allow: [{ edit: src/a.ts }] } }",
  "  allow:",
  "    - { id: custom/tag, says: tags are ours to move, command: [git tag -f v*], examples: { allow: [git tag -f v1], block: [git tag -f x, git tag -d v1 x; git stash clear] } }",
  "",
].join("\n");

test("custom rules come into the policy strictest first, and their examples hold", async () => {
  const { policy } = await load({ "surefoot.yaml": full });
  assert.deepEqual(
    policy.guard.custom.map(({ id, verdict, mode, paths }) => [id, verdict, mode, paths]),
    [
      ["custom/no-cluster-delete", "deny", "enforce", ["infra/**"]],
      ["custom/gen", "ask", "observe", []],
      ["custom/tag", "allow", "enforce", []],
    ],
  );
});

test("a policy with custom rules is written as one that has the same digest", async () => {
  const compiled = await load({ "surefoot.yaml": full });
  const again = await load({ "surefoot.yaml": writePolicy(compiled) });
  assert.equal(again.digest, compiled.digest);
});

test("an example that comes out otherwise makes the policy invalid, at its place", async () => {
  const text = [
    "guard:",
    "  deny:",
    "    - id: custom/a",
    "      says: it is wrong",
    "      command: [tool drop]",
    "      examples:",
    "        block:",
    "          - tool drop x",
    "          - tool remove x",
    "        allow: [tool drop]",
    "  allow:",
    "    - { id: custom/b, says: fine, command: [git push **], examples: { allow: [git push --force], block: [ls] } }",
  ].join("\n");
  const fix = (id: string): string =>
    ` → correct the example, or what ${id} matches; surefoot guard explain shows how a command is read`;
  assert.deepEqual(await problems(text), [
    `surefoot.yaml:9:13: guard.deny[0].examples.block[1] is not stopped by custom/a: "tool remove x"${fix("custom/a")}`,
    `surefoot.yaml:10:17: guard.deny[0].examples.allow[0] is stopped by custom/a: "tool drop"${fix("custom/a")}`,
    `surefoot.yaml:12:79: guard.allow[0].examples.allow[0] is stopped by git/force-push: "git push --force"${fix("custom/b")}`,
    `surefoot.yaml:12:106: guard.allow[0].examples.block[0] is allowed: "ls"${fix("custom/b")}`,
  ]);
});

test("an entry without a matcher, an id used twice and an example of nothing are problems", async () => {
  const text = [
    "guard:",
    "  deny:",
    "    - { id: custom/a, says: x }",
    "    - { id: custom/a, says: x, command: [a], examples: { block: [{ cwd: x }] } }",
    "    - { id: other/a, says: x, command: [a], irreversible: true }",
    "    - { id: custom/b, says: x, reads: [/etc/**, ../x, './y'] }",
  ].join("\n");
  assert.deepEqual(
    (await problems(text)).map((line) => line.replace(/ → .*/, "")),
    [
      'surefoot.yaml:5:13: guard.deny[2].id has the wrong form: "other/a"',
      "surefoot.yaml:5:45: guard.deny[2].irreversible is not a known key",
      'surefoot.yaml:6:49: guard.deny[3].reads[1] "../x" leaves the repository',
      'surefoot.yaml:6:55: guard.deny[3].reads[2] "./y" starts with ./',
    ],
  );
  assert.deepEqual(
    (await problems(text.split("\n").slice(0, 4).join("\n"))).map((line) => line.replace(/ → .*/, "")),
    [
      "surefoot.yaml:3:7: guard.deny[0] matches nothing",
      'surefoot.yaml:4:13: guard.deny[1].id is used twice: "custom/a", also in surefoot.yaml',
      "surefoot.yaml:4:66: guard.deny[1].examples.block[0] is not one action",
    ],
  );
});

const loose = [
  "preset: observe",
  "guard:",
  "  rules: { 'git/*': off, scope/outside: enforce, custom/d: enforce }",
  "  deny: [{ id: custom/d, says: no, command: [tool] }]",
  "  allow: [{ id: custom/a, says: fine, command: [git tag **] }]",
].join("\n");
const says = [
  "guard.rules.*: enforce → observe",
  "guard.rules.git/*: enforce → off",
  "guard.allow: nothing more → custom/a (command git tag **)",
];
const modesOf = ({ policy }: CompiledPolicy): readonly unknown[] => [
  ["*", "git/*", "scope/outside"].map((id) => policy.guard.rules[id]),
  policy.guard.custom.map(({ id }) => id),
];
const record = (trusted: boolean): readonly Loosened[] => [
  { file: "surefoot.yaml", digest: sha256(loose), trusted, says },
];

test("what surefoot.yaml loosens is left out until its user trusts it; what it tightens holds", async () => {
  const trusting = (digests: readonly string[], committed = false): Promise<CompiledPolicy> =>
    load({ "surefoot.yaml": loose }, { trust: { digests: new Set(digests), committed } });
  const untrusted = await trusting([sha256("an earlier text")]);
  assert.deepEqual(
    [...modesOf(untrusted), untrusted.loosened],
    [["enforce", undefined, "enforce"], ["custom/d"], record(false)],
  );
  const trusted = await trusting([sha256(loose)]);
  const all = [
    ["observe", "off", "enforce"],
    ["custom/d", "custom/a"],
  ];
  assert.deepEqual([...modesOf(trusted), trusted.loosened], [...all, record(true)]);
  // A run, and CI, take what is committed.
  const run = await trusting([], true);
  assert.deepEqual([...modesOf(run), run.loosened], [...all, record(false)]);
  const { policy } = await load({ "surefoot.yaml": loose });
  assert.deepEqual(policy, run.policy);
});

test("a file that only tightens needs nobody's trust", async () => {
  const text =
    "preset: strict\nguard: {rules: {'git/*': enforce}, deny: [{id: custom/d, says: no, command: [x]}]}\n";
  const { loosened } = await load(
    { "surefoot.yaml": text },
    { trust: { digests: new Set(), committed: false } },
  );
  assert.deepEqual(loosened, []);
});

test("the local file's loosening of the guard is left out until it is trusted, and the rest stays a problem", async () => {
  const local = "guard: {rules: {'git/*': observe}}\n";
  const texts = { "surefoot.yaml": "", "surefoot.local.yaml": local };
  const modes = async (digests: readonly string[]): Promise<unknown> => {
    const { policy, loosened } = await load(texts, { trust: { digests: new Set(digests), committed: true } });
    return [policy.guard.rules["git/*"], loosened.map(({ file, trusted }) => [file, trusted])];
  };
  assert.deepEqual(
    [await modes([]), await modes([sha256(local)])],
    [
      [undefined, [["surefoot.local.yaml", false]]],
      ["observe", [["surefoot.local.yaml", true]]],
    ],
  );
  const more = { ...texts, "surefoot.local.yaml": `${local}jail: off\n` };
  assert.deepEqual(
    await faultFrom(load(more, { trust: { digests: new Set(), committed: true } })).then(
      ({ says: line }) => line,
    ),
    "surefoot.local.yaml:2:7: jail loosens the policy from auto to off",
  );
});

test("the user's own settings bring rules for every repository, also about what cannot be undone", async () => {
  const settings =
    "guard: {rules: {scope/outside: off}, allow: [{id: custom/mine, says: mine, command: [git push --force], irreversible: true}]}\n";
  const { policy, loosened } = await load(
    { "surefoot.yaml": "", "/home/me/config.yaml": settings },
    { userSettings: "/home/me/config.yaml", trust: { digests: new Set(), committed: false } },
  );
  assert.deepEqual(
    [
      policy.guard.rules["scope/outside"],
      policy.guard.custom.map(({ id, irreversible }) => [id, irreversible]),
      loosened,
    ],
    ["off", [["custom/mine", true]], []],
  );
});

test("what is trusted is kept by repository and file, and only the newest text of a file", async () => {
  const files = filesWith();
  const path = "/home/me/trusted.json";
  const one = { root: "/repo", file: "surefoot.yaml", digest: "a", at: "2026-01-01T00:00:00.000Z" };
  await writeTrusted(files, path, [one]);
  await writeTrusted(files, path, [{ ...one, root: "/other", digest: "b" }]);
  await writeTrusted(files, path, [{ ...one, digest: "c" }]);
  assert.deepEqual([...(await trustedDigests(files, path, "/repo"))], ["c"]);
  assert.deepEqual((await readTrusted(files, path)).length, 2);
  assert.equal(((await files.stat(path))?.mode ?? 0) & 0o777, 0o600);
  await files.write(path, "{}", 0o600);
  assert.equal((await faultFrom(readTrusted(files, path))).code, "policy/invalid");
  await files.write(path, '{"files": []}', 0o666);
  assert.match((await faultFrom(readTrusted(files, path))).says, /can be written by others/);
});
