import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Action, Facts } from "../../../src/core/action.ts";
import { allRules } from "../../../src/guard/all-rules.ts";
import { actionOf, exampleFacts, examplePolicy } from "../../../src/guard/example.ts";
import { readAction } from "../../../src/guard/reading.ts";
import type { Hit, Rule, Scene } from "../../../src/guard/rule.ts";
import { together, watchers, watching } from "../../../src/guard/watching.ts";

const exec = (command: string): Action => ({ kind: "exec", command, cwd: "/work/repo" });

function sceneOf(action: Action, facts: Partial<Facts> = {}): Scene {
  const all = { ...exampleFacts, ...facts };
  const reading = readAction(action, all);
  return { action, reading, effects: reading.effects, facts: all, policy: examplePolicy };
}

function corpus(name: string, separator: RegExp): readonly Scene[] {
  return readFileSync(new URL(`../../fixtures/guard/${name}`, import.meta.url), "utf8")
    .split(separator)
    .map((entry) => sceneOf(exec(entry.trimEnd())));
}

test("a rule that is not asked would have found nothing", () => {
  const examples = allRules.flatMap((rule) =>
    [...rule.mustBlock, ...rule.mustAllow].map((example) =>
      typeof example === "string" ? sceneOf(exec(example)) : sceneOf(actionOf(example), example.facts),
    ),
  );
  const scenes = [
    ...examples,
    ...["dangerous.txt", "harmless.txt", "bypass.txt"].flatMap((name) => corpus(name, /\n/)),
    ...["dangerous-dev.txt", "harmless-dev.txt", "must-stop.txt"].flatMap((name) => corpus(name, /^%\n/m)),
  ];
  const rulesFor = watchers(allRules);
  const missed = scenes.flatMap((scene) => {
    const asked = new Set(rulesFor(scene));
    return allRules
      .filter((rule) => !asked.has(rule) && rule.find(scene).length > 0)
      .map((rule) => [rule.id, scene.action]);
  });
  assert.deepEqual(missed, []);
});

const hit = (says: string) => (): readonly Hit[] => [{ says }];
const rule = (id: string, find: Rule["find"]): Rule => ({
  id,
  irreversible: false,
  verdict: "deny",
  says: "it is a test",
  find,
  mustBlock: [],
  mustAllow: [],
});

test("rules are asked in their order, about what they watch alone", () => {
  const network = rule("x/network", watching({ effects: ["network"] }, hit("network")));
  const cargo = rule("x/cargo", watching({ programs: (name) => name === "cargo" }, hit("cargo")));
  const push = rule("x/push", watching({ operations: (name) => name === "push" }, hit("push")));
  const unread = rule("x/unread", watching({ problems: ["unparsed"] }, hit("unread")));
  const every = rule("x/every", hit("every"));
  const either = rule("x/either", together(cargo.find, push.find));
  const open = rule("x/open", together(cargo.find, every.find));
  const rulesFor = watchers([network, cargo, push, unread, every, either, open]);
  const asked = (command: string): readonly string[] => rulesFor(sceneOf(exec(command))).map(({ id }) => id);
  assert.deepEqual(
    ["ls", "cargo test", "git push", "git status; env cargo test", "curl -s https://example.org", "ls '"].map(
      asked,
    ),
    [
      ["x/every", "x/open"],
      ["x/cargo", "x/every", "x/either", "x/open"],
      ["x/push", "x/every", "x/either", "x/open"],
      ["x/cargo", "x/every", "x/either", "x/open"],
      ["x/network", "x/every", "x/open"],
      ["x/unread", "x/every", "x/open"],
    ],
  );
});

test("a rule that takes another's place with a find of its own is always asked", () => {
  const cargo = rule("x/cargo", watching({ programs: (name) => name === "cargo" }, hit("cargo")));
  const more = rule("x/more", (scene) => [...cargo.find(scene), ...hit("more")()]);
  const scene = sceneOf(exec("ls"));
  const said = watchers([cargo, { ...cargo, find: more.find }])(scene).map(({ find }) => find(scene));
  assert.deepEqual(said, [[{ says: "cargo" }, { says: "more" }]]);
});
