import type { z } from "zod";
import type { Action } from "../core/action.ts";
import type { ToolError, ToolResult } from "../core/outcome.ts";
import type { PatchLimit } from "../core/policy.ts";
import type { Host, Jail } from "../core/ports.ts";
import type { Conflicts } from "./conflicts.ts";
import type { Step } from "./intent.ts";

/** A typed tool. A file in `catalogue/` exports one as `tool`. */
export interface Tool {
  readonly name: string;
  /** For the model: what it does and how it ends. */
  readonly description: string;
  readonly schema: z.ZodType;
  /** The call that valid arguments make; for others, which field is wrong and why. */
  read(args: unknown): Call | Malformed;
}

export interface Call {
  readonly kind: "call";
  /** What the guard judges. */
  action(worktree: string): Action;
  /** Called only for what was allowed. Throws a `Fault` where the machine fails. */
  run(bench: Bench): Promise<ToolResult | ToolError>;
}

export interface Malformed {
  readonly kind: "malformed";
  readonly says: string;
  /** Every problem, one per line, with the path of its field. */
  readonly context: string;
}

/** What a tool works with. */
export interface Bench {
  readonly host: Host;
  /** Absolute. */
  readonly worktree: string;
  readonly env: Readonly<Record<string, string>>;
  readonly jail: Jail | undefined;
  readonly budget: PatchLimit;
  /** Path globs that a policy lets an agent edit, for messages. */
  readonly allowed: readonly string[];
  readonly conflicts: Conflicts;
  /** Must have ended before the step is taken: see `intent.ts`. */
  announce(step: Step): Promise<void>;
  readonly signal: AbortSignal;
}

export function defineTool<Args>(given: {
  readonly name: string;
  readonly description: string;
  readonly schema: z.ZodType<Args>;
  action(args: Args, worktree: string): Action;
  run(args: Args, bench: Bench): Promise<ToolResult | ToolError>;
}): Tool {
  const { name, description, schema } = given;
  return {
    name,
    description,
    schema,
    read(unknownArgs) {
      const parsed = schema.safeParse(unknownArgs);
      if (parsed.success) {
        const args = parsed.data;
        return {
          kind: "call",
          action: (worktree) => given.action(args, worktree),
          run: async (bench) => await given.run(args, bench),
        };
      }
      const problems = parsed.error.issues.map(
        ({ path, message }) => `${path.length === 0 ? "arguments" : path.join(".")}: ${message}`,
      );
      return {
        kind: "malformed",
        says: `the arguments of ${name} are not valid: ${problems[0] ?? "no reason given"}`,
        context: problems.join("\n"),
      };
    },
  };
}

export function isError<Value extends object>(ended: Value | ToolError): ended is ToolError {
  return "code" in ended;
}
