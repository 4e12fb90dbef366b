import type { Span } from "../../core/action.ts";
import { addProblem, freshShell } from "./shell.ts";
import type { Shell } from "./shell.ts";

// Variables whose value some program runs: pagers, editors, prompts, what asks for a password.
const running =
  /^(GIT_(EXTERNAL_DIFF|PAGER|EDITOR|SEQUENCE_EDITOR|SSH_COMMAND|SSH|ASKPASS|PROXY_COMMAND)|(MAN|SYSTEMD_)?PAGER|EDITOR|VISUAL|FCEDIT|LESSOPEN|LESSCLOSE|BROWSER|(SSH|SUDO)_ASKPASS|RSYNC_RSH|CVS_RSH|PROMPT_COMMAND|TAR_OPTIONS)$/;

const prompts = /^PS[0-4]$/;

/** What giving a variable its value leads to: some variables are run, others make every program load code. */
export function assigned(name: string, value: string, shell: Shell, span: Span): void {
  if (/^(LD_PRELOAD|LD_AUDIT|DYLD_INSERT_LIBRARIES|BASH_ENV|ENV)$/.test(name) && value !== "")
    addProblem(shell.world, "opaque-body", `${name} makes the program load other code`, span);
  if (name === "BASH_ALIASES")
    addProblem(shell.world, "opaque-body", "what an alias stands for cannot be known", span);
  // What an interpreter loads before every program.
  if (name === "NODE_OPTIONS" && /(^|\s)(-r|--require|--import)[\s=]\s*\.{0,2}\//.test(value))
    run(`node ${value} -e 0`, shell, span);
  if (name === "PYTHONSTARTUP" && /^[\w./-]+$/.test(value)) run(`python3 ${value}`, shell, span);
  // One word alone is a program that gets further arguments, and does little without them.
  if (running.test(name) && /\S\s+\S/.test(value)) run(value.replace(/^\|/, ""), shell, span);
  if (prompts.test(name) && /\$\(|`/.test(value)) run(`: "${value}"`, shell, span);
}

function run(text: string, shell: Shell, span: Span): void {
  shell.world.runText(
    text,
    { ...freshShell(shell, new Map(), []), depth: shell.depth + 1 },
    { value: text, span },
  );
}
