import { Fault } from "../../core/fault.ts";
import type { Agent, Files, ToolCall, Turn, TurnResult } from "../../core/ports.ts";
import type { RecordedStep, Recording } from "../../core/recording.ts";
import type { Adapter } from "../adapter.ts";
import { anchored, patchSteps } from "../patch-steps.ts";
import type { PatchStep } from "../patch-steps.ts";

const remedy = "give it a recording, as in --agent recorded --script recording.yaml";

export const adapter: Adapter = {
  id: "recorded",
  title: "recorded agent",
  programs: [],
  remedy,
  detect: async () => ({ path: "", version: undefined }),
  async make(host, { recording }) {
    if (recording === undefined)
      throw new Fault("agent/script-invalid", "the recorded agent has nothing to play", { hint: remedy });
    return makeRecorded(recording, host.files);
  },
};

/**
 * Plays the attempt of a recording that has the turn's number, every step through `turn.call`. A step that is refused
 * or fails is followed by the next one, as with a model. `files` is only read: for the lines around a hunk.
 */
export function makeRecorded(recording: Recording, files: Pick<Files, "readText">): Agent {
  return {
    id: "recorded",
    version: undefined,
    recorded: true,
    turn: async (turn) => await play(recording, files, turn),
  };
}

async function play(recording: Recording, files: Pick<Files, "readText">, turn: Turn): Promise<TurnResult> {
  const attempt = recording.attempts[turn.iteration - 1];
  if (attempt === undefined) return finished("the recording has no further attempt");
  if (attempt.says !== "" && turn.done === 0) await turn.report({ kind: "said", text: attempt.says });
  let left = turn.done;
  for (const step of attempt.steps.flatMap(movesOf)) {
    if (turn.signal.aborted) return interrupted();
    switch (step.kind) {
      case "wait":
        await wait(step.ms, turn.signal);
        break;
      case "escalate": {
        const says = `${step.reason}: ${step.says}`;
        return { ending: { kind: "ended", by: "escalation", says }, calls: [], transcript: true };
      }
      case "left-out":
        await turn.report({ kind: "said", text: step.says });
        break;
      case "call":
      case "hunk":
        // These calls were made before the run was killed; their effects are in the workspace.
        if (left > 0) left -= 1;
        else await turn.call(step.kind === "call" ? step.call : await callOf(step, files, turn.workspace));
        break;
    }
  }
  if (turn.signal.aborted) return interrupted();
  if (attempt.usage !== undefined)
    await turn.report({ kind: "used", usage: { model: "recorded", cachedTokens: 0, ...attempt.usage } });
  if (attempt.closes !== "") await turn.report({ kind: "said", text: attempt.closes });
  return finished(attempt.closes);
}

type Move = PatchStep | Extract<RecordedStep, { kind: "escalate" | "wait" }>;

function movesOf(step: RecordedStep): readonly Move[] {
  switch (step.kind) {
    case "call":
      return [{ kind: "call", call: { tool: step.tool, args: step.args } }];
    case "patch":
      return patchSteps(step.diff);
    case "escalate":
    case "wait":
      return [step];
  }
}

async function callOf(
  hunk: Extract<PatchStep, { kind: "hunk" }>,
  files: Pick<Files, "readText">,
  workspace: string,
): Promise<ToolCall> {
  const { oldText, newText } = anchored(hunk, (await files.readText(`${workspace}/${hunk.path}`)) ?? "");
  return { tool: "apply_patch", args: { path: hunk.path, old_str: oldText, new_str: newText } };
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}

function finished(says: string): TurnResult {
  return { ending: { kind: "finished", says }, calls: [], transcript: true };
}

function interrupted(): TurnResult {
  const says = "the turn was ended before the recording was";
  return { ending: { kind: "ended", by: "interrupt", says }, calls: [], transcript: true };
}
