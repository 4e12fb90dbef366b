import { Fault } from "../core/fault.ts";
import type { StepEvent } from "../core/event.ts";
import type { Outcome, ToolError } from "../core/outcome.ts";
import type { Policy } from "../core/policy.ts";
import type { Decided, Host, Jail, Proposal, ToolCall } from "../core/ports.ts";
import { catalogue } from "./catalogue/index.ts";
import { Conflicts } from "./conflicts.ts";
import type { Intent } from "./intent.ts";
import { isError } from "./tool.ts";
import type { Bench, Tool } from "./tool.ts";

export interface CallerOptions {
  readonly host: Host;
  readonly policy: Policy;
  /** Absolute path of the tree that the tools work in. */
  readonly worktree: string;
  /** Environment of the commands that are run. */
  readonly env: Readonly<Record<string, string>>;
  readonly jail: Jail | undefined;
  readonly iteration: number;
  /** Calls of this iteration that have already finished: numbering goes on after them. */
  readonly done: number;
  decide(proposal: Proposal): Promise<Decided>;
  record(event: Extract<StepEvent, { type: "tool.finished" }>): void;
  /** Keeps what a call is about to do, durably, before it does it. */
  announce(intent: Intent): Promise<void>;
  /** Told when the same edit has failed to match for the second time: a person should look. */
  conflicted(says: string): void;
  readonly signal: AbortSignal;
  /** What is bound in the present mode; a tool that is not here does not exist. */
  readonly tools?: readonly Tool[];
}

/**
 * The one path that every typed call takes: known? → parse → judge → announce → run → record. One call at a time, so that two
 * edits of a file cannot pass each other. A call made after `signal` was aborted does nothing and is not recorded.
 */
export function makeCaller(options: CallerOptions): (call: ToolCall) => Promise<Outcome> {
  const { host, policy, iteration, tools = catalogue } = options;
  const bench: Omit<Bench, "announce"> = {
    host,
    worktree: options.worktree,
    env: options.env,
    jail: options.jail,
    budget: policy.budgets.patch.perCall,
    allowed: policy.scope.allow,
    conflicts: new Conflicts((says) => options.conflicted(says)),
    signal: options.signal,
  };
  let number = options.done;
  let before: Promise<void> = Promise.resolve();

  const perform = async (call: ToolCall, id: string): Promise<Outcome> => {
    const tool = tools.find(({ name }) => name === call.tool);
    if (tool === undefined) return failed(unknownTool(call.tool, tools));
    const read = tool.read(call.args);
    if (read.kind === "malformed")
      return failed({ code: "MALFORMED_ARGUMENTS", says: read.says, context: read.context, retryable: true });
    const action = read.action(options.worktree);
    const { judgement, enforced } = await options.decide({ call: id, tool: tool.name, action });
    if (enforced) return { kind: "refused", judgement };
    try {
      const announce: Bench["announce"] = (step) => options.announce({ call: id, tool: tool.name, step });
      const ended = await read.run({ ...bench, announce });
      return isError(ended) ? failed(ended) : { kind: "done", result: ended };
    } catch (error) {
      // The file cannot be read or written: the agent may try something else. Any other fault ends the run.
      if (!(error instanceof Fault) || !error.code.startsWith("file/")) throw error;
      return failed({ code: "FAILED", says: error.message, context: error.hint, retryable: false });
    }
  };

  const next = async (call: ToolCall): Promise<Outcome> => {
    if (options.signal.aborted)
      return failed({ code: "FAILED", says: "the turn has ended", context: "", retryable: false });
    number += 1;
    const id = `${iteration}.${number}`;
    const startedMs = host.elapsedMs();
    const outcome = await perform(call, id);
    const durationMs = Math.round(host.elapsedMs() - startedMs);
    options.record({ type: "tool.finished", iteration, call: id, tool: call.tool, outcome, durationMs });
    return outcome;
  };

  return async (call) => {
    const previous = before;
    const ended = Promise.withResolvers<void>();
    before = ended.promise;
    await previous;
    try {
      return await next(call);
    } finally {
      ended.resolve();
    }
  };
}

function failed(error: ToolError): Outcome {
  return { kind: "failed", error };
}

function unknownTool(name: string, tools: readonly Tool[]): ToolError {
  return {
    code: "UNKNOWN_TOOL",
    says: `there is no tool ${JSON.stringify(name)}`,
    context: `tools: ${tools.map((tool) => tool.name).join(", ")}`,
    retryable: true,
  };
}
