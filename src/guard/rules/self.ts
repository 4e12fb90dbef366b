import type { Effect, Facts } from "../../core/action.ts";
import { globMatcher } from "../../core/glob.ts";
import { normalize, placeOf, resolvePath, within } from "../paths.ts";
import type { FileEffect } from "../paths.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { watching } from "../watching.ts";

const isPolicy = globMatcher([
  "surefoot.yaml",
  "surefoot.local.yaml",
  "surefoot.{yml,json}",
  "**/surefoot.yaml",
  "services/*.{yaml,yml}",
  ".surefoot",
  ".surefoot/**",
]);

// Settings of coding agents that can start programs or switch a guard off.
const isAgentSetting = globMatcher([
  "**/.claude/settings{,.local}.json",
  "**/.claude/hooks/**",
  "**/.claude",
  "**/.codex/{config.toml,hooks.json}",
  "**/.codex",
  "**/.codex/rules/**",
  "**/.gemini/settings.json",
  "**/.gemini/policies/**",
  "**/.gemini",
  "**/.qwen/settings.json",
  "**/.opencode/{plugin,plugins}/**",
  "**/.opencode",
  "**/.opencode/opencode.{json,jsonc}",
  "**/opencode.{json,jsonc}",
  "**/.cursor/{hooks.json,cli.json,permissions.json}",
  "**/.cursor/hooks/**",
  "**/.github/hooks/**",
  "**/.copilot/hooks/**",
  "**/.cline/hooks/**",
  "**/.clinerules/hooks/**",
  "**/.mcp.json",
]);

const policyEdit: Rule = {
  id: "self/policy-edit",
  irreversible: false,
  verdict: "deny",
  says: "it changes surefoot's own policy or state",
  find: watching({ effects: ["write", "delete"] }, (scene) =>
    edits(scene, isPolicy, "belongs to surefoot, which judges this change"),
  ),
  mustBlock: [
    { edit: "surefoot.yaml" },
    { edit: "surefoot.local.yaml" },
    "sed -i 's/enforce/off/' surefoot.yaml",
    "rm -rf .surefoot",
    "echo 'guard: {}' | tee surefoot.local.yaml",
    { edit: "services/billing.yaml" },
    "mv surefoot.yaml /tmp/",
    "git rm surefoot.yaml",
    "echo x > SUREFOOT.yaml",
    "sqlite3 .surefoot/ledger.db 'delete from entries' > .surefoot/out",
  ],
  mustAllow: [
    "cat surefoot.yaml",
    "surefoot policy show",
    { edit: "docs/surefoot.md" },
    "git log -- surefoot.yaml",
    "grep -n guard surefoot.yaml",
    "echo 'see surefoot.yaml' >> README.md",
  ],
};

const agentSettings: Rule = {
  id: "self/agent-settings",
  irreversible: false,
  verdict: "deny",
  says: "it changes settings of a coding agent that can switch its guard off",
  find: watching({ effects: ["write", "delete"] }, (scene) =>
    edits(scene, isAgentSetting, "holds settings of a coding agent, hooks among them"),
  ),
  mustBlock: [
    { edit: ".claude/settings.json" },
    { edit: ".claude/settings.local.json" },
    "echo '{}' > .gemini/settings.json",
    "rm -rf .codex",
    "cp /tmp/x.js .opencode/plugin/x.js",
    "jq '.hooks = {}' .cursor/hooks.json > /tmp/h && mv /tmp/h .cursor/hooks.json",
    { edit: "opencode.json" },
    "echo '{}' > .Claude/settings.json",
    "echo '{}' > ~/.claude/settings.json",
  ],
  mustAllow: [
    "cat .claude/settings.json",
    { edit: ".claude/commands/review.md" },
    { edit: "CLAUDE.md" },
    { edit: ".cursor/rules/style.mdc" },
    "ls ~/.codex",
    "grep -n hooks .gemini/settings.json",
  ],
};

const secretRead: Rule = {
  id: "self/key-read",
  irreversible: true,
  verdict: "deny",
  says: "it reaches for surefoot's signing key or its ledger",
  instead: "surefoot ledger show",
  find: watching({ effects: ["read", "write", "delete", "execute"] }, (scene) =>
    scene.effects.flatMap((effect) => {
      const paths = pathsIn(effect, scene.facts);
      return paths.some((path) => secret(path, scene.facts)) ? [spanned(effect)] : [];
    }),
  ),
  mustBlock: [
    "cat ~/.config/surefoot/key.pem",
    "cp ~/.config/surefoot/key.pem /tmp/k",
    "cd ~/.config && tar cf /tmp/a.tar surefoot",
    "sqlite3 .surefoot/ledger.db .dump",
    { read: "/home/dev/.config/surefoot/key.pem" },
    { read: ".surefoot/ledger.db" },
    "base64 < ~/.config/surefoot/key.pem",
    "grep -r KEY ~/.config/surefoot/",
    "python3 -c \"print(open('/home/dev/.config/surefoot/ledger-key.pem').read())\"",
  ],
  mustAllow: [
    "surefoot ledger verify",
    "ls ~/.config",
    { read: "surefoot.yaml" },
    "cat docs/ledger.md",
    "grep -rn ledger.db src",
    "cat .gitignore",
  ],
};

export const rules: readonly Rule[] = [policyEdit, agentSettings, secretRead];

function edits({ effects, facts }: Scene, isMeant: (path: string) => boolean, says: string): readonly Hit[] {
  return effects.flatMap((effect): readonly Hit[] => {
    if (effect.kind !== "write" && effect.kind !== "delete") return [];
    const place = placeOf(effect, facts);
    if (place.kind === "unknown" || place.kind === "temp" || place.kind === "sink") return [];
    const path = place.kind === "inside" ? place.rel : place.path.slice(1);
    // Making a folder is no change of what is in it.
    if (effect.kind === "write" && effect.by === "mkdir") return [];
    // The disks of macOS and Windows do not tell case apart.
    const name = path.toLowerCase();
    if (!isMeant(name) && !(effect.glob === true && isMeant(name.replace(/[*?[][^/]*$/, "x.json"))))
      return [];
    return [{ ...spanned(effect), says: `${path} ${says}` }];
  });
}

function spanned(effect: Effect): Hit {
  return effect.span === undefined ? {} : { span: effect.span };
}

/** Every file that an effect names, also among the arguments of a program that the guard does not know. */
function pathsIn(effect: Effect, facts: Facts): readonly string[] {
  switch (effect.kind) {
    case "read":
    case "write":
    case "delete":
      return filePaths(effect, facts);
    case "execute":
      return effect.args.flatMap((arg) => {
        if (arg === undefined || !/[/.]/.test(arg) || arg.length > 4096)
          return arg === "surefoot" && effect.cwd !== undefined ? [`${effect.cwd}/surefoot`] : [];
        const text = arg.replace(/^-{1,2}[\w-]+=/, "").replace(/^~/, facts.home ?? "~");
        const path = /^[\w@./~+-]+$/.test(text) ? resolvePath(text, effect.cwd) : undefined;
        return path === undefined ? [] : [path];
      });
    case "git":
    case "network":
    case "opaque":
      return [];
  }
}

function filePaths(effect: FileEffect, facts: Facts): readonly string[] {
  const place = placeOf(effect, facts);
  const named = effect.path === undefined ? [] : [effect.path];
  return "path" in place ? [place.path, ...named] : named;
}

function secret(path: string, { worktree, home, guarded = [] }: Facts): boolean {
  // A worktree may lie in a folder that is guarded otherwise.
  if (worktree !== undefined && within(path, worktree)) return isLedger(path.slice(worktree.length + 1));
  const full = normalize(path);
  if (guarded.some((folder) => within(full, folder))) return true;
  return (
    home !== undefined && within(full, home) && ownFolders.some((folder) => within(full, `${home}/${folder}`))
  );
}

const isLedger = globMatcher([".surefoot/ledger*", ".surefoot/*.db*", ".surefoot/artifacts/**"]);
const ownFolders = [".config/surefoot", ".surefoot", "Library/Application Support/surefoot"];
