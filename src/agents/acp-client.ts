import { client, methods, ndJsonStream } from "@agentclientprotocol/sdk";
import type { PermissionOption, RequestPermissionResponse } from "@agentclientprotocol/sdk";
import type { Action } from "../core/action.ts";
import type { AgentEnding } from "../core/event.ts";
import type { Host, ObservedCall, Running, Turn } from "../core/ports.ts";
import { actionsOfCall, isEffectful, toolName, updated } from "./acp-calls.ts";
import type { AcpCall } from "./acp-calls.ts";
import { fieldsOf, isFields, numberOf, textOf } from "./fields.ts";
import { said, used } from "./stream.ts";
import type { News } from "./stream.ts";

type Decide = Turn["decide"];

/** One prompt over the Agent Client Protocol (version 1): every permission request and every write is decided. */
export interface AcpTurn {
  readonly host: Host;
  readonly title: string;
  readonly workspace: string;
  readonly prompt: string;
  readonly decide: Decide;
  readonly report: (news: News) => Promise<void>;
}

export interface AcpResult {
  readonly ending: AgentEnding;
  readonly calls: readonly ObservedCall[];
}

/** Rejects with what the ledger could not take; everything else that goes wrong is an ending. */
export async function promptOverAcp(running: Running, turn: AcpTurn): Promise<AcpResult> {
  const { host, workspace } = turn;
  const calls = new Map<string, AcpCall>();
  const refused = new Set<string>();
  const writes: ObservedCall[] = [];
  let pieces = "";
  let last = "";
  let costUsd: number | undefined;
  let trouble: { readonly error: unknown } | undefined;
  let reported = Promise.resolve();

  // Reports go out in order; the first that fails ends the session.
  const tell = (news: readonly News[]): void => {
    for (const one of news) reported = reported.then(() => turn.report(one)).catch(fail);
  };
  const fail = (error: unknown): void => {
    trouble ??= { error };
    running.kill();
  };
  const flush = (): void => {
    if (pieces.trim() !== "") last = pieces;
    tell(said(pieces));
    pieces = "";
  };
  const allowed = async (
    call: string | undefined,
    tool: string,
    actions: readonly Action[],
  ): Promise<boolean> => {
    try {
      return await allAllowed(turn.decide, call, tool, actions);
    } catch (error) {
      fail(error);
      return false;
    }
  };
  const inside = async (path: string): Promise<boolean> => {
    const root = await host.files.real(workspace);
    return (await host.files.real(path)).startsWith(`${root}/`);
  };

  const app = client({ name: "surefoot" })
    .onNotification(methods.client.session.update, ({ params }) => {
      const update = fieldsOf(params.update);
      const kind = update["sessionUpdate"];
      if (kind === "agent_message_chunk") {
        pieces += textOf(fieldsOf(update["content"]), "text") ?? "";
        return;
      }
      if (kind === "tool_call" || kind === "tool_call_update") {
        flush();
        const id = textOf(update, "toolCallId") ?? "";
        calls.set(id, updated(calls.get(id), update));
      }
      if (kind === "usage_update" && isFields(update["cost"])) costUsd = numberOf(update["cost"], "amount");
    })
    .onRequest(methods.client.session.requestPermission, async ({ params }) => {
      const call = updated(calls.get(params.toolCall.toolCallId), params.toolCall);
      calls.set(call.id, call);
      const allow = await decidePermission(call, workspace, allowed);
      if (!allow) refused.add(call.id);
      return choose(params.options, allow);
    })
    .onRequest(methods.client.fs.readTextFile, async ({ params }) => {
      const { path, line, limit } = params;
      const read = await allowed(undefined, "fs/read_text_file", [{ kind: "read", path }]);
      // The client is outside the jail, so it reads for the agent only what the agent could read itself.
      if (!read || !(await inside(path))) throw new Error(`surefoot does not read ${path} for an agent`);
      const text = await host.files.readText(path);
      if (text === undefined) throw new Error(`${path} does not exist`);
      const start = Math.max(0, (line ?? 1) - 1);
      const lines = text.split("\n");
      return {
        content: lines.slice(start, typeof limit === "number" ? start + limit : undefined).join("\n"),
      };
    })
    .onRequest(methods.client.fs.writeTextFile, async ({ params }) => {
      const { path, content } = params;
      const action: Action = { kind: "edit", path, change: { kind: "create", text: content } };
      const write = (await allowed(undefined, "fs/write_text_file", [action])) && (await inside(path));
      writes.push({
        call: undefined,
        tool: "fs/write_text_file",
        action,
        effectful: true,
        ended: write ? "ran" : "refused",
      });
      if (!write) throw new Error(`surefoot refuses to write ${path}`);
      const stat = await host.files.stat(path);
      await host.files.write(path, content, stat === undefined ? undefined : stat.mode & 0o777);
      return {};
    });

  let ending: AgentEnding;
  try {
    ending = await app.connectWith(streamOf(running), async (agent) => {
      await agent.request(methods.agent.initialize, {
        protocolVersion: 1,
        clientCapabilities: { fs: { readTextFile: true, writeTextFile: true }, terminal: false },
        clientInfo: { name: "surefoot", title: "surefoot", version: "0" },
      });
      const session = await agent.request(methods.agent.session.new, { cwd: workspace, mcpServers: [] });
      const { sessionId } = session;
      const mode = askingMode(session);
      if (mode !== undefined)
        await agent.request(methods.agent.session.setConfigOption, {
          sessionId,
          configId: "mode",
          value: mode,
        });
      const answer = await agent.request(methods.agent.session.prompt, {
        sessionId,
        prompt: [{ type: "text", text: turn.prompt }],
      });
      flush();
      tell(usageOf(answer, costUsd));
      return answer.stopReason === "refusal"
        ? { kind: "failed", says: `${turn.title} declined to go on` }
        : { kind: "finished", says: last };
    });
  } catch (error) {
    flush();
    ending = troubledSession(turn.title, error, running.stderr());
  }
  await reported;
  if (trouble !== undefined) throw trouble.error;
  const seen = [...calls.values()].flatMap((call) => observed(call, workspace, refused.has(call.id)));
  return { ending, calls: [...seen, ...writes] };
}

type Allowed = (call: string | undefined, tool: string, actions: readonly Action[]) => Promise<boolean>;

async function allAllowed(
  decide: Decide,
  call: string | undefined,
  tool: string,
  actions: readonly Action[],
): Promise<boolean> {
  for (const action of actions) {
    const decided = await decide({ call, tool, action });
    if (decided.enforced && decided.judgement.verdict !== "allow") return false;
  }
  return true;
}

/** A call that does not say what it would do is recorded and refused. */
export async function decidePermission(call: AcpCall, workspace: string, allowed: Allowed): Promise<boolean> {
  const actions = actionsOfCall(call, workspace);
  const opaque: Action = { kind: "tool", server: "acp", name: toolName(call), input: call.rawInput };
  const allow = await allowed(call.id, toolName(call), actions ?? [opaque]);
  return allow && actions !== undefined;
}

/** By kind, not by id; an agent that offers no fitting option hears that the request is cancelled. */
export function choose(options: readonly PermissionOption[], allow: boolean): RequestPermissionResponse {
  const wanted = allow ? ["allow_once"] : ["reject_once", "reject_always"];
  const option = wanted
    .map((kind) => options.find((one) => one.kind === kind))
    .find((one) => one !== undefined);
  return {
    outcome:
      option === undefined ? { outcome: "cancelled" } : { outcome: "selected", optionId: option.optionId },
  };
}

function observed(call: AcpCall, workspace: string, refused: boolean): readonly ObservedCall[] {
  const actions = actionsOfCall(call, workspace);
  const opaque: Action = { kind: "tool", server: "acp", name: toolName(call), input: call.rawInput };
  const ended = refused ? "refused" : call.status === "failed" ? "failed" : "ran";
  return (actions ?? [opaque]).map((action) => ({
    call: call.id,
    tool: toolName(call),
    action,
    effectful: isEffectful(call),
    ended,
  }));
}

/** Some agents start in a mode in which they, or a model, approve their own actions. */
function askingMode(session: unknown): string | undefined {
  const options = fieldsOf(session)["configOptions"];
  if (!Array.isArray(options)) return undefined;
  const mode = options.map(fieldsOf).find((option) => option["id"] === "mode");
  if (mode === undefined || !Array.isArray(mode["options"])) return undefined;
  const values = new Set(mode["options"].map((value) => textOf(fieldsOf(value), "value")));
  const asking = ["default", "manual", "read-only"].find((value) => values.has(value));
  return asking === mode["currentValue"] ? undefined : asking;
}

function usageOf(answer: unknown, costUsd: number | undefined): readonly News[] {
  const usage = fieldsOf(fieldsOf(answer)["usage"]);
  const quota = fieldsOf(fieldsOf(fieldsOf(fieldsOf(answer)["_meta"])["quota"])["token_count"]);
  const cached = numberOf(usage, "cachedReadTokens");
  const input = numberOf(usage, "inputTokens") + cached + numberOf(usage, "cachedWriteTokens");
  return used({
    model: undefined,
    inputTokens: input === 0 ? numberOf(quota, "input_tokens") : input,
    outputTokens: numberOf(usage, "outputTokens") || numberOf(quota, "output_tokens"),
    cachedTokens: cached,
    costUsd: costUsd === 0 ? undefined : costUsd,
  });
}

function troubledSession(title: string, error: unknown, stderr: string): AgentEnding {
  const fields = fieldsOf(error);
  const says = error instanceof Error ? error.message : (textOf(fields, "message") ?? "the connection ended");
  // -32000 is the protocol's "authentication required".
  return fields["code"] === -32000
    ? { kind: "unavailable", says: `${title} is not logged in: ${says}` }
    : { kind: "failed", says: `${title}: ${says} ${stderr.trim().slice(-500)}`.trim() };
}

function streamOf(running: Running): ReturnType<typeof ndJsonStream> {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const lines = running.lines[Symbol.asyncIterator]();
  const input = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await lines.next();
      if (next.done === true) controller.close();
      else controller.enqueue(encoder.encode(`${next.value}\n`));
    },
  });
  const output = new WritableStream<Uint8Array>({
    write: (chunk) => running.write(decoder.decode(chunk, { stream: true })),
  });
  return ndJsonStream(output, input);
}
