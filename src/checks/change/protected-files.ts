import { matchesAny } from "../../core/glob.ts";
import type { Scope } from "../../core/policy.ts";
import type { ChangeCheck } from "../change-check.ts";
import { touchedPaths } from "../touched-paths.ts";

/**
 * Files that decide how changes are judged: CI, hooks, surefoot's own and agents' settings. Ordinary commits touch CI in
 * 11 % of cases, so a change is fine where a scope names the file or its folder; a catch-all like `**` does not name it.
 */
export const check: ChangeCheck = {
  id: "protected-files",
  needs: ["change", "scope"],
  check({ change, scope, taskScope }) {
    const paths = touchedPaths(change);
    return {
      check: "protected-files",
      looked: paths.length,
      findings: paths.flatMap((path) => {
        const kind = protectedKinds.find(({ globs }) => matchesAny(path, globs));
        if (kind === undefined || named(path, taskScope ?? scope)) return [];
        return [
          {
            code: "change.protected_file",
            says: `${path} (${kind.what}) was changed and no allowed path names it`,
            measures: {},
            evidence: [{ path }],
          },
        ];
      }),
    };
  },
};

const protectedKinds: readonly { readonly what: string; readonly globs: readonly string[] }[] = [
  {
    what: "CI configuration",
    globs: [
      ".github/workflows/**",
      ".github/actions/**",
      ".gitlab-ci.yml",
      ".gitlab/ci/**",
      ".circleci/**",
      ".buildkite/**",
      ".travis.yml",
      ".drone.yml",
      ".woodpecker.yml",
      ".woodpecker/**",
      "Jenkinsfile",
      "azure-pipelines.yml",
      ".azure-pipelines/**",
      "bitbucket-pipelines.yml",
      "appveyor.yml",
      ".appveyor.yml",
      ".cirrus.yml",
      ".ci/**",
      ".forgejo/workflows/**",
      ".gitea/workflows/**",
      ".teamcity/**",
    ],
  },
  {
    what: "ownership or update rules of the repository",
    globs: [
      "CODEOWNERS",
      ".github/CODEOWNERS",
      "docs/CODEOWNERS",
      ".gitlab/CODEOWNERS",
      ".github/dependabot.yml",
      ".github/settings.yml",
    ],
  },
  {
    what: "a hook",
    globs: [
      ".husky/**",
      ".githooks/**",
      "lefthook.yml",
      ".lefthook.yml",
      "lefthook-local.yml",
      ".pre-commit-config.yaml",
      ".git/hooks/**",
      ".lefthook/**",
    ],
  },
  {
    what: "surefoot's configuration",
    globs: [
      "surefoot.yaml",
      "surefoot.local.yaml",
      "services/*/surefoot.yaml",
      ".surefoot/**",
      "surefoot.lock",
    ],
  },
  {
    what: "an agent's settings",
    globs: [
      "**/.claude/settings*.json",
      "**/.claude/hooks/**",
      "**/.claude/agents/**",
      "**/.claude/commands/**",
      "**/.claude/skills/**",
      "**/.mcp.json",
      "**/.codex/**",
      "**/.gemini/settings.json",
      "**/.gemini/hooks/**",
      "**/.opencode/**",
      "opencode.json",
      "opencode.jsonc",
      "**/.cursor/**",
      "**/.vscode/mcp.json",
      "**/.windsurf/**",
      "**/.aider.conf.yml",
      ".github/hooks/**",
      "**/AGENTS.md",
      "**/CLAUDE.md",
      "**/GEMINI.md",
      "**/.cursorrules",
      "**/.windsurfrules",
      ".github/copilot-instructions.md",
      ".github/instructions/**",
    ],
  },
];

// A glob names a protected path when it would not match the same file name anywhere else.
export function named(path: string, scope: Scope): boolean {
  const elsewhere = `some/where/else/${path.slice(path.lastIndexOf("/") + 1)}`;
  return (
    !matchesAny(path, scope.deny) &&
    scope.allow.some((glob) => matchesAny(path, [glob]) && (glob === path || !matchesAny(elsewhere, [glob])))
  );
}
