import { quoted } from "./shell-quote.ts";

/** A program with its arguments. */
export type Words = readonly [string, ...string[]];

/** How the hook of an agent that surefoot did not start is started: the one place that knows. */
export function hookCommand(
  [program, ...args]: Words,
  dialect: string,
  { unattended }: { readonly unattended: boolean },
): Words {
  return [program, ...args, "--dialect", dialect, ...(unattended ? ["--unattended"] : [])];
}

/** Where `surefoot guard serve --http` answers the hook of an agent that can ask over HTTP. */
export function hookUrl(
  port: number,
  dialect: string,
  { unattended }: { readonly unattended: boolean },
): string {
  return `http://127.0.0.1:${port}/hook/${dialect}?surefoot${unattended ? "&unattended" : ""}`;
}

const hookAddress = /http:\/\/127\.0\.0\.1:\d+\/hook\/[a-z]+\?surefoot/;

/** Whether a value of an agent's settings starts surefoot's hook, wherever surefoot lies. */
export function startsHook(value: unknown): boolean {
  const text = JSON.stringify(value) ?? "";
  const program = /\/hook\.(?:cjs|ts)\b|\/surefoot-hook\b/.test(text) && text.includes("--dialect");
  return program || hookAddress.test(text);
}

// The hook's own deadline is 5 s; a hook whose one thread hangs does not keep it.
export const patienceSeconds = 8;
/** What agents are told to wait: longer than any of the above. */
export const agentSeconds = 15;

/**
 * The same with what it prints and how it ends looked at: a crash, a program that is gone, a hang and an output that is
 * no JSON object all become a refusal, by exit code 2 with words on standard error. Most agents let a call pass for
 * anything else. It works in every shell that an agent may start its hook with.
 * @param timeout absolute path of a `timeout` program; without one, a hang is left to the agent
 */
export function watched(command: Words, timeout: string | undefined): string {
  return quoted([
    "/bin/sh",
    "-c",
    `${answerOf}; ${noAnswer} >&2; exit 2`,
    "surefoot",
    ...bounded(command, timeout),
  ]);
}

/** A file for an agent that starts one itself and looks at nothing but its output. */
export function watchedScript(command: Words, timeout: string | undefined, refusal: object): string {
  const said = quoted([JSON.stringify(refusal)]);
  return [
    "#!/bin/sh",
    "# Written by `surefoot guard install`; `surefoot guard uninstall` removes it.",
    `set -- ${quoted(bounded(command, timeout))}`,
    answerOf,
    `${noAnswer} >&2`,
    `printf "%s\\n" ${said}`,
    "",
  ].join("\n");
}

/** What the refusals above begin with. */
export const noAnswerSays = "surefoot: the guard did not answer";

const noAnswer = `echo "${noAnswerSays}"`;
const answerOf = 'a=$("$@") && case $a in "{"*"}") printf "%s\\n" "$a"; exit 0;; esac';

function bounded(command: Words, timeout: string | undefined): Words {
  return timeout === undefined ? command : [timeout, "-k", "1", String(patienceSeconds), ...command];
}
