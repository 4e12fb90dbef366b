import type { Action, Effect, Facts, Span, Unfolding } from "../core/action.ts";
import { normalize, resolvePath } from "./paths.ts";
import { interpret } from "./shell/effects.ts";
import { fileOf, readToolInput } from "./tool-input.ts";

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
      return plain([{ kind: "read", path: pathIn(action.path, facts), recursive: false, by: action.kind }]);
    case "fetch":
      return plain(fetchEffects(action.url));
    case "tool":
      return readTool(action, facts);
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

function fetchEffects(url: string): readonly Effect[] {
  const path = fileOf(url);
  const read: readonly Effect[] =
    path === undefined ? [] : [{ kind: "read", path: normalize(path), recursive: false, by: "read" }];
  return [{ kind: "network", target: url }, ...read];
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
function readTool({ name, input }: Extract<Action, { kind: "tool" }>, facts: Facts): Reading {
  const { commands, files, cwd } = readToolInput(name, input);
  const effects = files.flatMap(({ path: named, does }): readonly Effect[] => {
    const path = pathIn(named, facts);
    const recursive = does === "delete all";
    return [
      {
        kind: recursive || does === "delete" ? "delete" : does === "write" ? "write" : "read",
        path,
        recursive,
        by: "edit",
      },
    ];
  });
  const folder = (cwd === undefined ? undefined : pathIn(cwd, facts)) ?? facts.worktree ?? "/";
  const readings = commands.map(({ text, guessed }) => {
    const reading = interpret(text, folder, facts);
    return guessed ? surely(reading) : reading;
  });
  return [plain(effects), ...readings].reduce(joined);
}

/** Of a text that may be no command at all, what is nevertheless plain to see. */
function surely(reading: Reading): Reading {
  const broken = reading.problems.some(({ kind }) => kind === "unparsed");
  const problems = reading.problems.filter(({ kind }) => kind === "failed");
  return broken ? { ...plain([]), problems, units: reading.units } : { ...reading, problems };
}

function joined(one: Reading, other: Reading): Reading {
  return {
    effects: [...one.effects, ...other.effects],
    problems: [...one.problems, ...other.problems],
    aliases: [...one.aliases, ...other.aliases],
    written: new Map([...one.written, ...other.written]),
    unread: [...one.unread, ...other.unread],
    ran: [...one.ran, ...other.ran],
    unfolded: [...one.unfolded, ...other.unfolded],
    units: one.units + other.units,
  };
}

/** The path that a tool names; such tools know the home folder by its sign as well. */
function pathIn(path: string, { home, worktree }: Facts): string | undefined {
  return resolvePath(home === undefined ? path : path.replace(/^~(?=\/|$)/, home), worktree);
}
