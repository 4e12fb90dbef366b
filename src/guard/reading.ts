import type { Action, Effect, Facts, Span, Unfolding } from "../core/action.ts";
import { resolvePath } from "./paths.ts";
import { interpret } from "./shell/effects.ts";

/** What an action would do, as far as its text says. */
export interface Reading {
  readonly effects: readonly Effect[];
  /** What could not be read; rules decide what follows from it. */
  readonly problems: readonly Problem[];
  /** git subcommands that are neither git's own nor known additions. */
  readonly aliases: readonly string[];
  /** Texts of files that the action writes, by absolute path, as far as they can be known. */
  readonly written: ReadonlyMap<string, string>;
  /** Absolute paths of files that the action would run, and whose text the facts do not hold yet. */
  readonly unread: readonly string[];
  /** Absolute paths of scripts that the action starts itself, and that it did not write. */
  readonly ran: readonly string[];
  readonly unfolded: readonly Unfolding[];
  /** Work units used, of those in `workUnits`. */
  readonly units: number;
}

export interface Problem {
  readonly kind:
    /** Text that is no valid shell. */
    | "unparsed"
    /** The work units are spent, or the text is longer or deeper than what is read. */
    | "too-complex"
    /** A command word that only the running shell knows. */
    | "opaque-command"
    /** Code for a shell or an interpreter that cannot be known from the text. */
    | "opaque-body"
    /** The reader itself failed. */
    | "failed";
  readonly says: string;
  readonly span?: Span;
  /** Of an opaque body that comes from the network: its address, empty where that is not known. */
  readonly fetched?: string;
}

/** Reads an action of any kind. Total: its own failure is one of the problems. */
export function readAction(action: Action, facts: Facts): Reading {
  try {
    return readKind(action, facts);
  } catch (error) {
    // A guard that crashes lets the action through, so whatever went wrong becomes a reason to stop.
    const says = error instanceof Error ? error.message : String(error);
    return { ...plain([]), problems: [{ kind: "failed", says }] };
  }
}

function readKind(action: Action, facts: Facts): Reading {
  switch (action.kind) {
    case "exec":
      return interpret(action.command, action.cwd, facts);
    case "edit":
      return plain(editEffects(action, facts));
    case "read":
    case "search":
      return plain([
        { kind: "read", path: resolvePath(action.path, facts.worktree), recursive: false, by: action.kind },
      ]);
    case "fetch":
      return plain([{ kind: "network", target: action.url }]);
    case "tool":
      return readTool(action.input, facts);
  }
}

function plain(effects: readonly Effect[]): Reading {
  return {
    effects,
    problems: [],
    aliases: [],
    written: new Map(),
    unread: [],
    ran: [],
    unfolded: [],
    units: effects.length,
  };
}

function editEffects(action: Extract<Action, { kind: "edit" }>, facts: Facts): readonly Effect[] {
  const path = resolvePath(action.path, facts.worktree);
  const { change } = action;
  if (change.kind === "delete") return [{ kind: "delete", path, recursive: false, by: "edit" }];
  const write: Effect = { kind: "write", path, recursive: false, by: "edit" };
  if (change.kind !== "move") return [write];
  const to = resolvePath(change.to, facts.worktree);
  return [
    { kind: "delete", path, recursive: false, by: "edit" },
    { kind: "write", path: to, recursive: false, by: "edit" },
  ];
}

/** A tool of some other server: what its input names like a command or a file is judged as one. */
function readTool(input: unknown, facts: Facts): Reading {
  if (typeof input !== "object" || input === null) return plain([]);
  const members = new Map<string, unknown>(Object.entries(input));
  const command = members.get("command") ?? members.get("cmd");
  if (typeof command === "string") {
    const cwd = members.get("cwd") ?? members.get("workdir");
    return interpret(command, typeof cwd === "string" ? cwd : (facts.worktree ?? "/"), facts);
  }
  const path = members.get("path") ?? members.get("file_path") ?? members.get("filePath");
  if (typeof path !== "string") return plain([]);
  const changes = ["content", "contents", "new_string", "new_str", "text", "edits", "patch"].some((key) =>
    members.has(key),
  );
  return plain([
    {
      kind: changes ? "write" : "read",
      path: resolvePath(path, facts.worktree),
      recursive: false,
      by: "edit",
    },
  ]);
}
