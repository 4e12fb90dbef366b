import { given, nameSet } from "../command-line.ts";
import { each, programRule } from "../program-rule.ts";
import type { Rule } from "../rule.ts";

const hookManager: Rule = programRule({
  id: "ci/hook-manager",
  irreversible: false,
  verdict: "deny",
  says: "it takes hooks away or replaces them, which check every commit",
  instead: "pre-commit run --all-files",
  valued: nameSet("t hook-type c config"),
  matchers: {
    ...each("pre-commit lefthook prek", ({ words }) => words[0] === "uninstall"),
    husky: ({ words }) => /^(uninstall|add|set)$/.test(words[0] ?? ""),
    overcommit: (line) => given(line, "uninstall", "u"),
    npm: ({ words }) =>
      /^pkg delete (scripts\.(prepare|postinstall)|husky|simple-git-hooks|lint-staged)( |$)/.test(
        words.join(" "),
      ),
  },
  mustBlock: [
    'npx husky add .husky/pre-commit "exit 0"',
    "npx husky uninstall",
    'pre-commit uninstall && git commit -am "fix: types"',
    "pre-commit uninstall --hook-type pre-push",
    "pipx run pre-commit uninstall",
    "npx lefthook uninstall",
    "overcommit --uninstall",
    "npm pkg delete scripts.prepare",
  ],
  mustAllow: [
    "pre-commit install",
    "pre-commit run --all-files",
    "npx husky init",
    "npx lefthook run pre-commit",
    "lefthook version",
    "npm pkg delete scripts.old",
    "npm uninstall left-pad",
    "git commit -m 'pre-commit uninstall is not needed'",
  ],
});

export const rules: readonly Rule[] = [hookManager];
