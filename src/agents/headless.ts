import type { AgentEnding } from "../core/event.ts";
import { describeExit } from "../core/exit.ts";
import type {
  Agent,
  Command,
  Host,
  ObservedCall,
  ProbeTurn,
  Probed,
  Turn,
  TurnResult,
} from "../core/ports.ts";
import type { AgentOptions, Found } from "./adapter.ts";
import { isFields, parseJson } from "./fields.ts";
import type { HookServer } from "./hook-server.ts";
import { serveHooks } from "./hook-server.ts";
import { probeHook } from "./probe.ts";
import { troubled } from "./stream.ts";
import type { StreamReader } from "./stream.ts";

/** What is particular to one headless agent. */
export interface HeadlessKind {
  readonly id: string;
  readonly title: string;
  /** Writes the agent's configuration for this turn and says how it is started. */
  prepare(place: Place): Promise<Launch>;
  reader(): StreamReader;
  /** What the agent's own transcript shows of this turn; `undefined` where none was found. */
  observe(
    place: Place,
    launch: Launch,
    before: readonly string[],
    session: string | undefined,
  ): Promise<readonly ObservedCall[] | undefined>;
  /** Where files with the agent's transcripts lie, so that those from before the turn are known. */
  transcriptFiles(host: Host, home: string): Promise<readonly string[]>;
  /** Whether the hook must tell that it is in place before the agent may go on. */
  readonly announces: boolean;
}

export interface Place {
  readonly host: Host;
  readonly options: AgentOptions;
  readonly workspace: string;
  readonly home: string;
  readonly model: string | undefined;
  readonly jailed: boolean;
  /** Made for this turn: the agent can read it and reach the socket in it, but not replace what is there. */
  readonly folder: string;
  /** The program, its arguments and its socket that the agent's hook starts. */
  readonly hook: readonly [string, ...string[]];
}

export interface Launch {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Files and folders outside the agent's home that are gone after the turn. */
  readonly leaves: readonly string[];
}

export function headlessAgent(host: Host, kind: HeadlessKind, found: Found, options: AgentOptions): Agent {
  const program: readonly [string, ...string[]] = startOf(found, options);
  return {
    id: kind.id,
    version: found.version,
    recorded: false,
    turn: (turn) => takeTurn(host, kind, program, options, turn),
    probe: (turn) => probe(host, kind, options, turn),
  };
}

function startOf(found: Found, options: AgentOptions): readonly [string, ...string[]] {
  const [first, ...rest] = options.command ?? [];
  return first === undefined ? [found.path] : [first, ...rest];
}

async function takeTurn(
  host: Host,
  kind: HeadlessKind,
  program: readonly [string, ...string[]],
  options: AgentOptions,
  turn: Turn,
): Promise<TurnResult> {
  return withHooks(host, kind.id, options, turn, async (place, server, stop) => {
    const launch = await kind.prepare(place);
    try {
      const before = await kind.transcriptFiles(host, turn.home);
      const reader = kind.reader();
      const ending = await run(host, kind, commandOf(program, launch, place, turn, options), {
        turn,
        server,
        reader,
        stop,
      });
      const trouble = server.trouble();
      if (trouble !== undefined) throw trouble;
      const calls = await kind.observe(place, launch, before, reader.session());
      return { ending, calls: calls ?? [], transcript: calls !== undefined };
    } finally {
      for (const path of launch.leaves) await host.files.remove(path);
    }
  });
}

interface Session {
  readonly turn: Turn;
  readonly server: HookServer;
  readonly reader: StreamReader;
  readonly stop: AbortController;
}

async function run(host: Host, kind: HeadlessKind, command: Command, session: Session): Promise<AgentEnding> {
  const { turn, server, reader, stop } = session;
  const running = host.spawn({ ...command, signal: stop.signal });
  running.write(turn.prompt);
  running.closeInput();
  let unguarded = false;
  const noise: string[] = [];
  try {
    for await (const line of running.lines) {
      const record = parseJson(line);
      if (!isFields(record)) {
        noise.push(line);
        if (noise.length > 20) noise.shift();
        continue;
      }
      for (const news of reader.read(record)) await turn.report(news);
      if (kind.announces && !unguarded && !server.ready()) {
        unguarded = true;
        running.kill();
      }
    }
  } catch (error) {
    // What was heard could not be put on record: the agent must not go on.
    running.kill();
    await running.ended;
    throw error;
  }
  const exit = await running.ended;
  if (unguarded)
    return {
      kind: "failed",
      says: `${kind.title} did not load surefoot's plugin, so it was stopped before it could act`,
    };
  if (exit.kind === "neverStarted")
    return { kind: "unavailable", says: `${kind.title} could not be started: ${exit.says}` };
  if (exit.kind === "timedOut")
    return { kind: "ended", by: "wall_time", says: `${kind.title} took longer than ${exit.afterMs} ms` };
  if (stop.signal.aborted) return { kind: "ended", by: "interrupt", says: `${kind.title} was stopped` };
  const said = reader.ending();
  if (said !== undefined) return said;
  const tail = `${noise.join("\n")}\n${running.stderr()}`.trim();
  return troubled(
    tail === "" ? `it ended without a result (${describeExit(exit)})` : tail.slice(-1500),
    kind.title,
  );
}

function commandOf(
  program: readonly [string, ...string[]],
  launch: Launch,
  place: Place,
  turn: Turn,
  options: AgentOptions,
): Command {
  return {
    run: [...program, ...launch.args],
    cwd: turn.workspace,
    env: launch.env,
    timeoutMs: options.turnTimeoutMs,
    outputBytes: 256 * 1024 * 1024,
    ...jailFor(turn.jail, place),
  };
}

/**
 * The agent's jail, with what its hook needs to be seen in it wherever that lies: the folder of the socket, Node, and
 * the package that the hook program belongs to (two folders above it, in the sources and in the package alike).
 */
export function jailFor(
  jail: Turn["jail"],
  { folder, options }: Pick<Place, "folder" | "options">,
): Pick<Command, "jail"> {
  if (jail === undefined) return {};
  const { node, script } = options.hook;
  const needed = [folder, parentOf(node), parentOf(parentOf(script))];
  return { jail: { ...jail, readable: [...(jail.readable ?? []), ...needed] } };
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf("/")));
}

/** Serves the hooks for as long as `work` takes, in a folder that is gone afterwards. */
export async function withHooks<T>(
  host: Host,
  dialect: string,
  options: AgentOptions,
  turn: ProbeTurn & { readonly model?: string | undefined },
  work: (place: Place, server: HookServer, stop: AbortController) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  turn.signal.addEventListener("abort", abort);
  if (turn.signal.aborted) abort();
  const folder = await host.files.makeTempFolder("surefoot-hook-");
  try {
    const server = await serveHooks(host, { folder, decide: turn.decide, troubled: abort });
    try {
      const { node, script } = options.hook;
      const place: Place = {
        host,
        options,
        workspace: turn.workspace,
        home: turn.home,
        model: turn.model ?? options.model,
        jailed: turn.jail !== undefined,
        folder,
        hook: [node, script, "--dialect", dialect, "--socket", server.path],
      };
      return await work(place, server, stop);
    } finally {
      await server.close();
    }
  } finally {
    turn.signal.removeEventListener("abort", abort);
    await host.files.remove(folder);
  }
}

function probe(host: Host, kind: HeadlessKind, options: AgentOptions, turn: ProbeTurn): Promise<Probed> {
  return withHooks(host, kind.id, options, turn, (place) => probeHook(place, kind.id, kind.title, turn));
}
