import { describeExit } from "../core/exit.ts";
import type { ProbeTurn, Probed } from "../core/ports.ts";
import { fieldsOf, parseJson, textOf } from "./fields.ts";
import type { Place } from "./headless.ts";
import { jailFor } from "./headless.ts";

const forbidden = "git push --force origin main";

/** The canary in each agent's words: what its hook would get for a forced push. */
const canaries: Readonly<Record<string, (cwd: string) => unknown>> = {
  claude: (cwd) => ({
    hook_event_name: "PreToolUse",
    tool_name: "Bash",
    tool_input: { command: forbidden },
    tool_use_id: "surefoot-probe",
    cwd,
  }),
  codex: (cwd) => ({
    hook_event_name: "PreToolUse",
    tool_name: "Bash",
    tool_input: { command: forbidden },
    tool_use_id: "surefoot-probe",
    cwd,
  }),
  gemini: (cwd) => ({
    hook_event_name: "BeforeTool",
    tool_name: "run_shell_command",
    tool_input: { command: forbidden },
    cwd,
  }),
  opencode: (cwd) => ({
    input: { tool: "bash", sessionID: "surefoot-probe", callID: "surefoot-probe" },
    output: { args: { command: forbidden } },
    cwd,
  }),
};

/**
 * Starts the hook program as the agent would, in the same jail, with a forced push. It counts as refused only when the
 * decision came from the run (exit 0): a hook that refuses because it cannot reach the run would also refuse good work.
 */
export async function probeHook(
  place: Place,
  dialect: string,
  title: string,
  turn: ProbeTurn,
): Promise<Probed> {
  const canary = canaries[dialect];
  if (canary === undefined) return { refused: false, says: `no canary is known for ${title}` };
  const ran = await place.host.exec({
    run: place.hook,
    cwd: place.workspace,
    env: { PATH: place.host.env["PATH"] ?? "", HOME: place.home },
    timeoutMs: 60_000,
    outputBytes: 1024 * 1024,
    stdin: JSON.stringify(canary(place.workspace)),
    signal: turn.signal,
    ...jailFor(turn.jail, place),
  });
  if (ran.exit.kind !== "exited" || ran.exit.code !== 0) {
    return {
      refused: false,
      says: `the hook of ${title} did not work: ${describeExit(ran.exit)} ${ran.stderr.trim().slice(0, 300)}`.trim(),
    };
  }
  const reason = refusalIn(parseJson(ran.stdout));
  return reason === undefined
    ? { refused: false, says: `the hook of ${title} let a forced push pass` }
    : { refused: true, says: `a forced push was refused through ${title}'s hook` };
}

function refusalIn(answer: unknown): string | undefined {
  const fields = fieldsOf(answer);
  const specific = fieldsOf(fields["hookSpecificOutput"]);
  if (specific["permissionDecision"] === "deny") return textOf(specific, "permissionDecisionReason") ?? "";
  if (fields["decision"] === "deny" || fields["allow"] === false) return textOf(fields, "reason") ?? "";
  return undefined;
}
