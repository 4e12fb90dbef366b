import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Action, Facts, Judgement } from "../../../src/core/action.ts";
import type { CustomMatch, CustomRule, Policy } from "../../../src/core/policy.ts";
import { binding } from "../../../src/guard/binding.ts";
import { exampleFacts, examplePolicy } from "../../../src/guard/example.ts";
import { judge } from "../../../src/guard/judge.ts";
import { isUnproven } from "../../../src/guard/second-stage.ts";
import { matchesWildcard } from "../../../src/guard/wildcard.ts";

const nothing: CustomMatch = {
  command: [],
  reads: [],
  writes: [],
  deletes: [],
  edits: [],
  network: [],
  tool: [],
};

type Given = Partial<Omit<CustomRule, "match">> & { readonly match: Partial<CustomMatch> };

function rule({ match, ...given }: Given): CustomRule {
  return {
    id: "custom/x",
    verdict: "deny",
    says: "it is not done here",
    instead: undefined,
    paths: [],
    modes: [],
    mode: "enforce",
    irreversible: false,
    examples: { block: [], allow: [] },
    ...given,
    match: { ...nothing, ...match },
  };
}

const policyWith = (custom: readonly Given[], rules: Policy["guard"]["rules"] = {}): Policy => ({
  ...examplePolicy,
  guard: { rules, custom: custom.map(rule) },
});

const actionOf = (item: string | Action): Action =>
  typeof item === "string" ? { kind: "exec", command: item, cwd: "/work/repo" } : item;

const edit = (path: string): Action => ({ kind: "edit", path, change: { kind: "unknown" } });

const judged = (item: string | Action, custom: readonly Given[], facts: Partial<Facts> = {}): Judgement =>
  judge(actionOf(item), { ...exampleFacts, ...facts }, policyWith(custom));

/** `deny custom/x`, or `allow`; what an allow lifted stands behind it. */
const answer = (item: string | Action, custom: readonly Given[], facts: Partial<Facts> = {}): string => {
  const { verdict, reasons, lifted = [] } = judged(item, custom, facts);
  const names = [...new Set(reasons.map((reason) => ` ${reason.rule}`))].join("");
  return `${verdict}${names}${lifted.map(({ reason, by }) => ` (${by} lifts ${reason.rule})`).join("")}`;
};

function table(
  custom: readonly Given[],
  rows: Readonly<Record<string, string>>,
  facts?: Partial<Facts>,
): void {
  assert.deepEqual(
    Object.fromEntries(Object.keys(rows).map((command) => [command, answer(command, custom, facts)])),
    rows,
  );
}

test("a denied command is found by its words, however it is spelled and wrapped", () => {
  table([{ match: { command: ["shipit dist-tag add", "make deploy --env=prod"] } }], {
    "shipit dist-tag add a@1 latest": "deny custom/x",
    "cd x && sudo env A=1 /usr/bin/shipit --registry=r dist-tag add a@1": "deny custom/x",
    "bash -c 'shipit dist-tag add a@1'": "deny custom/x",
    "shipit dist-tag ls": "allow",
    "shipit run add-dist-tag": "allow",
    "echo shipit dist-tag add": "allow",
    "git commit -m 'shipit dist-tag add'": "allow",
    "make --env=prod -j4 deploy": "deny custom/x",
    "make deploy": "allow",
    "make deploy --env=production": "allow",
  });
});

test("a cluster of letters holds each of its options, and a word with a value does not", () => {
  table([{ match: { command: ["tool -f"] } }], {
    "tool -f": "deny custom/x",
    "tool -vf x": "deny custom/x",
    "tool -Wno-format x": "allow",
    "tool -v": "allow",
    "tool -- -f": "allow",
  });
});

test("a word that cannot be known is asked about only where it stands in the place of a named one", () => {
  table([{ match: { command: ["tool drop"] } }], {
    'tool "$VERB" x': "ask custom/x",
    'tool get "$NAME"': "allow",
    'tool -n "$SPACE" get x': "allow",
    'tool -n "$SPACE" drop x': "deny custom/x",
  });
});

test("git is matched as it is understood: its own options and abbreviated words are seen through", () => {
  table([{ match: { command: ["git tag", "git notes *"] }, verdict: "ask" }], {
    "git -C sub tag v1": "ask custom/x",
    "git --no-pager tag": "ask custom/x",
    "git notes add": "ask custom/x",
    "git log --tags": "allow",
  });
});

test("files are matched below the repository, the root and the home folder, and through links", () => {
  const custom: readonly Given[] = [
    {
      match: {
        reads: ["secret/**", "~/.tool"],
        deletes: ["data/*.db"],
        writes: ["/srv/**"],
        edits: ["gen/**"],
      },
    },
  ];
  const link = {
    "/work/repo/link": { exists: true, tracked: true, ignored: false, real: "/work/repo/secret/a" },
  };
  table(
    custom,
    {
      "cat secret/a": "deny custom/x",
      "cd secret && head -1 a": "deny custom/x",
      "cat ~/.tool": "deny custom/x",
      "cat link": "deny custom/x",
      "cat secrets.md": "allow",
      "rm data/a.db": "deny custom/x",
      "cat data/a.db": "allow",
      "rm -rf data": "deny custom/x",
      "rm data/*": "deny custom/x",
      "rm data/a.txt": "allow",
      "echo x > gen/a.ts": "allow",
    },
    { paths: link },
  );
  assert.equal(answer(edit("gen/a.ts"), custom), "deny custom/x");
  assert.equal(answer(edit("src/a.ts"), custom), "allow");
  assert.match(answer("cp a /srv/b", custom), /^deny .*custom\/x/);
});

test("hosts are matched in every form of an address", () => {
  table([{ match: { network: ["*.corp.example", "db.example:5432"] } }], {
    "curl https://api.corp.example/v1": "deny custom/x",
    "curl -s https://user@API.corp.example:8443/": "deny custom/x",
    "curl https://corp.example.org/": "allow",
    "curl https://example.org/?x=api.corp.example": "allow",
  });
  const fetched = (url: string): string =>
    answer({ kind: "fetch", url }, [{ match: { network: ["db.example:5432"] } }]);
  assert.deepEqual(
    ["https://db.example:5432/", "https://db.example/"].map((url) => fetched(url)),
    ["deny custom/x", "allow"],
  );
});

test("a tool of another server is matched by its name", () => {
  const call = (name: string): Action => ({ kind: "tool", server: "github", name, input: {} });
  const custom: readonly Given[] = [{ match: { tool: ["github/delete_*"] } }];
  assert.deepEqual(
    [answer(call("delete_repo"), custom), answer(call("list_repos"), custom)],
    ["deny custom/x", "allow"],
  );
});

test("a rule holds in the folders and the modes that it names", () => {
  const paths: readonly Given[] = [{ match: { command: ["tool"] }, paths: ["infra/**"] }];
  table(paths, {
    tool: "allow",
    "cd infra/prod && tool": "deny custom/x",
    'cd "$X" && tool': "deny custom/x",
  });
  const modes: readonly Given[] = [{ match: { command: ["tool"] }, modes: ["review"] }];
  assert.deepEqual(
    [answer("tool", modes), answer("tool", modes, { mode: "review" })],
    ["allow", "deny custom/x"],
  );
});

test("an allow lifts what built-in rules say of the words that it spells out, and of nothing else", () => {
  table([{ match: { command: ["git tag -f *"] }, verdict: "allow" }], {
    "git tag -f v1": "allow (custom/x lifts git/tag-overwrite)",
    "git tag -f v1; git tag -f v2 v3": "ask git/tag-overwrite",
    "git tag -f v1 HEAD": "ask git/tag-overwrite",
    "git tag -f v1 && git push origin main": "deny git/protected-branch (custom/x lifts git/tag-overwrite)",
    "git -c tag.gpgSign=false tag -f v1": "ask git/tag-overwrite",
  });
});

test("an allow covers the files among its command's words, and not those of another in the same text", () => {
  const custom: readonly Given[] = [{ match: { command: ["cp a *"] }, verdict: "allow" }];
  table(custom, {
    "cp a ~/bin/a": "allow (custom/x lifts scope/outside)",
    "cp a ~/bin/a > ~/log": "deny scope/outside (custom/x lifts scope/outside)",
    "cp a ~/bin/a; cp b ~/bin/b": "deny scope/outside (custom/x lifts scope/outside)",
    "sudo cp a ~/bin/a": "deny scope/outside",
    "bash -c 'cp a ~/bin/a; cp b ~/bin/b'": "deny scope/outside",
    'cp a "$(cp b ~/x; echo ~/y)"': "deny scope/outside scope/opaque-write",
  });
});

test("an allow of files needs all that the effect may touch", () => {
  const custom: readonly Given[] = [{ match: { writes: ["~/notes/**"] }, verdict: "allow" }];
  table(custom, {
    "echo x > ~/notes/a": "allow (custom/x lifts scope/outside)",
    "echo x > ~/notes/../b": "deny scope/outside",
    "tee ~/notes/a ~/b < c": "deny scope/outside (custom/x lifts scope/outside)",
  });
});

test("what cannot be undone and what guards surefoot is not lifted, except the first in the user's own settings", () => {
  const all: Given = { match: { command: ["git **"], edits: ["**"] }, verdict: "allow" };
  assert.equal(answer("git push --force", [all]), "deny git/force-push");
  assert.equal(
    answer("git push --force", [{ ...all, irreversible: true }]),
    "allow (custom/x lifts git/force-push)",
  );
  assert.equal(answer(edit("surefoot.yaml"), [{ ...all, irreversible: true }]), "deny self/policy-edit");
});

test("deny goes before ask, and both before allow", () => {
  const match = { command: ["git tag **"] };
  const each: readonly Given[] = [
    { id: "custom/a", verdict: "allow", match },
    { id: "custom/b", verdict: "ask", match },
    { id: "custom/c", verdict: "deny", match },
  ];
  assert.equal(answer("git tag -f v1", each), "deny custom/c custom/b (custom/a lifts git/tag-overwrite)");
});

test("where a policy's own rule asks, no model answers in the person's place", () => {
  const unproven = (command: string, custom: readonly Given[]): boolean =>
    isUnproven(actionOf(command), judged(command, custom), policyWith(custom));
  const asking: Given = { verdict: "ask", match: { command: ["git tag"] } };
  assert.deepEqual(
    [unproven("git tag -f v1", []), unproven("git tag -f v1", [asking]), unproven("git tag", [asking])],
    [true, false, false],
  );
});

test("a shadow rule records and does not bind; a mode in guard.rules goes before", () => {
  const shadow: Given = { match: { command: ["tool"] }, mode: "observe" };
  const bound = (rules: Policy["guard"]["rules"]): string => {
    const policy = policyWith([shadow], rules);
    const judgement = judge(actionOf("tool"), exampleFacts, policy);
    return `${judgement.verdict} → ${binding(judgement, policy)}`;
  };
  assert.deepEqual(
    [bound({}), bound({ "custom/x": "enforce" }), bound({ "custom/*": "off" })],
    ["deny → allow", "deny → deny", "allow → allow"],
  );
});

test("a wildcard matches what a regular expression would", () => {
  const letters = fc.constantFrom("a", "b", "*", "?", ".");
  const word = fc.string({ unit: letters, maxLength: 8 });
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 8 }), word, (text, pattern) => {
      const expression = new RegExp(
        `^${pattern.replace(/[.*?]/g, (sign) => ({ ".": "\\.", "*": ".*", "?": "." })[sign] ?? sign)}$`,
      );
      assert.equal(matchesWildcard(text, pattern), expression.test(text));
    }),
    { numRuns: 3000 },
  );
});

test("no rule makes the guard throw, and a denial is never made weaker by one more", () => {
  const word = fc.constantFrom("git", "push", "*", "**", "-f", "--force", "rm", "?", "cp");
  const pattern = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(" "));
  const glob = fc.constantFrom("**", "src/**", "~/x", "/etc/*", "{a,b}/c");
  const custom = fc.record({
    verdict: fc.constantFrom("ask" as const, "deny" as const),
    match: fc.record({ command: fc.array(pattern), reads: fc.array(glob), deletes: fc.array(glob) }),
  });
  const command = fc.constantFrom("git push -f", 'rm -rf "$X"', "cp a ~/b", "ls", "cat src/*", "rm -r src");
  const rank = { allow: 0, ask: 1, deny: 2 };
  fc.assert(
    fc.property(command, custom, (text, more) => {
      assert.ok(rank[judged(text, [more]).verdict] >= rank[judged(text, []).verdict]);
    }),
    { numRuns: 1000 },
  );
});
