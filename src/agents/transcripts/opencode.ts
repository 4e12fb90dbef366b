import type { ObservedCall } from "../../core/ports.ts";
import { fieldsOf, textOf } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { dialect } from "../hooks/opencode.ts";
import { observe } from "../observe.ts";
import { refusalMark } from "../opencode-plugin.ts";

/** The `data` of the parts of a session in OpenCode's database, in order. */
export function readParts(parts: readonly Fields[], cwd: string): readonly ObservedCall[] {
  return parts
    .filter((part) => part["type"] === "tool")
    .flatMap((part) => {
      const state = fieldsOf(part["state"]);
      return observe(dialect, {
        call: textOf(part, "callID"),
        tool: textOf(part, "tool") ?? "",
        input: state["input"],
        cwd,
        ended: endedOf(state),
      });
    });
}

function endedOf(state: Fields): ObservedCall["ended"] {
  if (state["status"] === "completed") return "ran";
  const error = textOf(state, "error") ?? "";
  return error.startsWith(refusalMark) ||
    /rejected permission|prevents you from using|permission .*den/i.test(error)
    ? "refused"
    : "failed";
}
