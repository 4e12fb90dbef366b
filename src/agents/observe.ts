import type { Action } from "../core/action.ts";
import type { ObservedCall } from "../core/ports.ts";
import type { Dialect } from "./hook-dialect.ts";

export interface SeenCall {
  readonly call: string | undefined;
  readonly tool: string;
  readonly input: unknown;
  readonly cwd: string;
  readonly ended: ObservedCall["ended"];
}

/** What a transcript shows, in the same actions that the hook proposed: one call for each. */
export function observe(dialect: Dialect, seen: SeenCall): readonly ObservedCall[] {
  const { call, tool, input, cwd, ended } = seen;
  const actions = dialect.actionsOf(tool, input, cwd);
  if (actions === undefined || actions.length === 0) {
    const action: Action = { kind: "tool", server: dialect.id, name: tool, input };
    return [{ call, tool, action, effectful: true, ended }];
  }
  return actions.map((action) => ({ call, tool, action, effectful: effectful(action, dialect.id), ended }));
}

/** A known tool of the agent's own plans and lists changes nothing; another server's may do anything. */
function effectful(action: Action, agent: string): boolean {
  switch (action.kind) {
    case "exec":
    case "edit":
      return true;
    case "fetch":
    case "read":
    case "search":
      return false;
    case "tool":
      return action.server !== agent;
  }
}
