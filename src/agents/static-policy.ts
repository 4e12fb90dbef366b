/**
 * The part of the policy that an agent can hold without us: it works also where a hook is dead. The guard knows many more
 * spellings; these are the plain ones, in each agent's own format.
 */
export interface StaticPolicy {
  /** Argument lists after which a command is refused, as in `["git", "push", "--force"]`. */
  readonly prefixes: readonly (readonly string[])[];
  /** Globs over whole commands, with `*` for anything. */
  readonly globs: readonly string[];
  /** The same as one regular expression over a command. */
  readonly pattern: string;
}

export const refusal = "surefoot: forced pushes and pushes to protected branches are refused";

export function staticPolicy(protectedBranches: readonly string[]): StaticPolicy {
  const force = ["--force", "-f", "--force-with-lease", "--mirror", "--delete"];
  const plain = protectedBranches.filter((branch) => /^[\w./-]+$/.test(branch));
  return {
    prefixes: [
      ...force.map((flag) => ["git", "push", flag]),
      ...plain.map((branch) => ["git", "push", "origin", branch]),
    ],
    globs: [
      ...force.map((flag) => `git push ${flag}*`),
      ...force.map((flag) => `git push * ${flag}*`),
      ...plain.flatMap((branch) => [`git push * ${branch}`, `git push *:${branch}`]),
    ],
    pattern: `git push\\b.*\\s(--force|-f|--force-with-lease|--mirror|--delete)\\b`,
  };
}

/**
 * What an agent that surefoot only guards is told to refuse by itself: the plainest spellings of what nobody takes back.
 * It is less than what the guard refuses, because no leave that a person gives reaches into an agent's own settings.
 */
export function installedPolicy(protectedBranches: readonly string[]): StaticPolicy {
  const branches = protectedBranches.filter((branch) => branch === "main" || branch === "master");
  const prefixes = [
    ...branches.flatMap((branch) => [
      ["git", "push", "--force", "origin", branch],
      ["git", "push", "-f", "origin", branch],
      ["git", "push", "origin", branch, "--force"],
    ]),
    ["rm", "-rf", "/"],
    ["rm", "-rf", "~"],
  ];
  const plain = prefixes.map((words) => words.join(" "));
  return {
    prefixes,
    globs: plain.flatMap((command) => [command, `${command} *`]),
    pattern: `(?:${plain.join("|")})(?:\\s|")`,
  };
}

/** Gemini CLI's policy file for an agent that keeps its own questions: nothing is opened. */
export function geminiDenials({ prefixes }: StaticPolicy): string {
  const commands = prefixes.map((words) => JSON.stringify(words.join(" ")));
  return [
    "# Written by `surefoot guard install`; `surefoot guard uninstall` removes it.",
    "[[rule]]",
    'toolName = "run_shell_command"',
    `commandPrefix = [${commands.join(", ")}]`,
    'decision = "deny"',
    "priority = 900",
    "",
  ].join("\n");
}

/** Codex's `rules/*.rules`. */
export function codexRules(policy: StaticPolicy, why = refusal): string {
  return policy.prefixes
    .map(
      (words) =>
        `prefix_rule(pattern = ${JSON.stringify(words)}, decision = "forbidden", justification = ${JSON.stringify(why)})\n`,
    )
    .join("");
}

/**
 * Gemini CLI's policy file: single tools are opened (without a rule, the default mode keeps the tools that change
 * something from a model that nobody watches), and the forbidden commands have a higher priority.
 */
export function geminiRules(policy: StaticPolicy): string {
  const open = [
    "run_shell_command",
    "write_file",
    "replace",
    "read_file",
    "read_many_files",
    "list_directory",
    "glob",
    "grep_search",
    "search_file_content",
    "web_fetch",
    "google_web_search",
    "write_todos",
    "invoke_agent",
  ];
  const rules = [
    ...open.map(
      (tool) =>
        `toolName = ${JSON.stringify(tool)}\ndecision = "allow"\npriority = 100\nallowRedirection = true\n`,
    ),
    ...policy.prefixes.map(
      (words) =>
        `toolName = "run_shell_command"\ncommandPrefix = ${JSON.stringify(words.join(" "))}\ndecision = "deny"\npriority = 900\n`,
    ),
    `toolName = "run_shell_command"\ncommandRegex = ${JSON.stringify(policy.pattern)}\ndecision = "deny"\npriority = 900\n`,
  ];
  return rules.map((rule) => `[[rule]]\n${rule}`).join("\n");
}

/** OpenCode's `permission`: what is not denied here is left to the plugin. */
export function opencodePermission(policy: StaticPolicy): object {
  return {
    "*": "allow",
    bash: { "*": "allow", ...Object.fromEntries(policy.globs.map((glob) => [glob, "deny"])) },
    external_directory: "deny",
    question: "deny",
  };
}

/** `permissions.deny` of Claude Code and of Qwen Code. */
export function deniedCommands({ globs }: StaticPolicy): readonly string[] {
  return globs.map((glob) => `Bash(${glob})`);
}

/** Claude Code's `permissions.deny`, with the tools that leave the workspace or outlive the run. */
export function claudeDenials(policy: StaticPolicy): readonly string[] {
  const unwanted = [
    "EnterWorktree",
    "ExitWorktree",
    "CronCreate",
    "CronDelete",
    "CronList",
    "Monitor",
    "AskUserQuestion",
  ];
  return [...deniedCommands(policy), ...unwanted];
}
