import type { Dialect, HookAnswer, HookInput } from "../agents/hook-dialect.ts";
import { fieldsOf, parseJson, textOf } from "../agents/fields.ts";
import type { Action, Judgement } from "../core/action.ts";
import { sha256 } from "../core/digest.ts";
import type { Event } from "../core/event.ts";
import { actionDigest, permitCode } from "../core/permit.ts";
import type { GatherFacts, NewEntry } from "../core/ports.ts";
import { binding } from "../guard/binding.ts";
import { judge } from "../guard/judge.ts";
import { learn } from "../guard/learn.ts";
import { tell } from "../guard/says.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { usePermit } from "../ledger/permits.ts";
import type { HookPolicy } from "./policy.ts";
import { guardSession } from "./session.ts";

/** All that a call in one folder is decided with. */
export interface Desk {
  readonly worktree: string;
  readonly policy: HookPolicy;
  readonly ledger: Ledger;
  /** Appends in one durable step. Throws `ledger/unwritable`. */
  append(entries: readonly NewEntry[]): Promise<void>;
  /** Looks at the world, and at what the session did before. */
  gather(session: string): GatherFacts;
  /** The event that opens a session, made when there is none yet. */
  opened(): Promise<Event>;
  now(): Date;
}

/** One tool call, as the agent handed it to its hook. */
export interface HookCall {
  readonly dialect: Dialect;
  readonly payload: string;
  /** Why the payload is not to be read: it is not whole. */
  readonly unread?: string | undefined;
  readonly options: CallOptions;
}

export interface CallOptions {
  /** Say an allow as an allow. Default: silence, so that the agent's own questions stay. */
  readonly explicit: boolean;
  /** Nobody is there to answer a question. */
  readonly unattended: boolean;
}

/**
 * Decides about one tool call of an agent that surefoot did not start: reads it, judges every action in it, appends the
 * decisions in one durable step, and only then answers. Throws where that cannot be done; the caller refuses then.
 */
export async function decideCall(
  desk: Desk,
  { dialect, payload, unread, options }: HookCall,
): Promise<HookAnswer> {
  const parsed = parseJson(payload);
  const read = dialect.read(parsed);
  if (read.kind === "ready") return { verdict: "allow" };
  const input = unread === undefined ? read : notRead(dialect.id, read, unread);
  const session = guardSession(dialect.id, sessionOf(input, parsed), desk.now());
  const call = input.call ?? `hook.${sha256(payload).slice(0, 12)}`;
  const actor = `agent:${dialect.id}`;
  const entries: NewEntry[] = [];
  const add = (event: Event): void => void entries.push({ session, actor, event });

  if (desk.ledger.head(session) === undefined)
    entries.push({ session, actor, event: await desk.opened(), opens: true });
  const answer =
    input.kind === "unreadable"
      ? refuseUnread(input, parsed === undefined ? { text: excerpt(payload) } : undefined, call, add)
      : await decideActions(desk, input, { session, call, actor, add, options });
  await desk.append(entries);
  return answer;
}

function notRead(agent: string, { tool, call }: Pick<Unreadable, "tool" | "call">, says: string): Unreadable {
  return {
    kind: "unreadable",
    tool,
    call,
    says,
    action: { kind: "tool", server: agent, name: tool, input: {} },
  };
}

type Unreadable = Extract<HookInput, { kind: "unreadable" }>;

interface Recording {
  readonly session: string;
  readonly call: string;
  readonly actor: string;
  readonly options: CallOptions;
  add(event: Event): void;
}

async function decideActions(
  desk: Desk,
  input: Extract<HookInput, { kind: "call" }>,
  recording: Recording,
): Promise<HookAnswer> {
  let asked: string | undefined;
  for (const action of input.actions) {
    const decided = await decideAction(desk, input, action, recording);
    if (decided.verdict === "deny") return decided;
    if (decided.verdict === "ask") asked ??= decided.says;
  }
  if (asked !== undefined) return { verdict: "ask", says: asked };
  return { verdict: recording.options.explicit ? "allow" : "pass" };
}

type Decided = { readonly verdict: "allow" } | { readonly verdict: "ask" | "deny"; readonly says: string };

async function decideAction(
  desk: Desk,
  input: Extract<HookInput, { kind: "call" }>,
  action: Action,
  { session, call, actor, options, add }: Recording,
): Promise<Decided> {
  const { worktree, ledger } = desk;
  const { policy } = desk.policy;
  const cwd = action.kind === "exec" && action.cwd !== "" ? action.cwd : worktree;
  const facts = await learn(action, { worktree, cwd }, desk.gather(session));
  const judgement = judge(action, facts, policy);
  const bound = binding(judgement, policy);
  const record = { type: "action.judged", iteration: 0, call, tool: input.tool, action, judgement } as const;
  if (bound === "allow") {
    add({ ...record, enforced: false });
    return { verdict: "allow" };
  }
  const digest = actionDigest(action, worktree);
  const permit = usePermit(ledger, { action: digest, session, call, actor, now: desk.now() });
  if (permit !== undefined) {
    add({ ...record, enforced: false, digest, permit: permit.grant });
    return { verdict: "allow" };
  }
  add({ ...record, enforced: true, digest });
  const says = tell(judgement, action, permitCode(digest));
  if (bound === "deny") return { verdict: "deny", says };
  if (input.attended !== false && !options.unattended) return { verdict: "ask", says };
  // Nobody is there to ask: refused and escalated, which is no strike.
  const to = policy.owners.escalation ?? policy.owners.secondary;
  add({ type: "escalated", iteration: 0, reason: "guard_asks", says, to });
  return { verdict: "deny", says };
}

/** What is not understood is refused and goes on record, with the beginning of the text where it was no JSON at all. */
function refuseUnread(
  input: Unreadable,
  raw: { readonly text: string } | undefined,
  call: string,
  add: (event: Event) => void,
): HookAnswer {
  const says = `surefoot refuses what it cannot read: ${input.says}`;
  const action: Action =
    raw === undefined || input.action.kind !== "tool" ? input.action : { ...input.action, input: raw };
  const judgement: Judgement = {
    verdict: "deny",
    reasons: [{ rule: "hook/invalid", verdict: "deny", says: input.says }],
    effects: [],
    facts: {},
  };
  add({ type: "action.judged", iteration: 0, call, tool: input.tool, action, judgement, enforced: true });
  return { verdict: "deny", says };
}

// Enough to see what came, too little to fill the ledger.
const excerptChars = 2000;

function excerpt(text: string): string {
  return text.length > excerptChars ? `${text.slice(0, excerptChars)}… (${text.length} characters)` : text;
}

/** The agent's own id of its session; looked for in the payload where the call itself could not be read. */
function sessionOf(input: Exclude<HookInput, { kind: "ready" }>, parsed: unknown): string | undefined {
  if (input.kind === "call" && input.session !== undefined) return input.session;
  const fields = fieldsOf(parsed);
  const names = ["session_id", "sessionId", "sessionID", "conversation_id", "taskId"];
  return textOf(fields, ...names) ?? textOf(fieldsOf(fields["input"]), ...names);
}
