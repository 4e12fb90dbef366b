import type { Action } from "../../core/action.ts";
import { Fault } from "../../core/fault.ts";

/** An action from standard input: a JSON object as in `--jsonl`, or a command as it stands. */
export function parseAction(source: string, cwd: string): Action {
  if (!source.trimStart().startsWith("{")) return { kind: "exec", command: source.replace(/\n$/, ""), cwd };
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    // `{ ls; }` is a command as well.
    if (error instanceof SyntaxError) return { kind: "exec", command: source.replace(/\n$/, ""), cwd };
    throw error;
  }
  return actionFrom(value, cwd) ?? invalid("standard input", "it is a JSON object without a known field");
}

/** One line of `--jsonl`. Lines count from 1. */
export function parseLine(line: string, number: number, cwd: string): Action {
  const where = `line ${number}`;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return invalid(where, `it is not JSON: ${error.message}`);
    throw error;
  }
  return actionFrom(value, cwd) ?? invalid(where, "it names neither a command nor a file");
}

function invalid(where: string, says: string): never {
  throw new Fault("usage/invalid", `${where} cannot be judged: ${says}`, {
    hint: 'give {"command": "…", "cwd": "…"}, {"edit": "path"} or {"read": "path"}',
  });
}

function actionFrom(value: unknown, cwd: string): Action | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const members = new Map<string, unknown>(Object.entries(value));
  const command = members.get("command");
  const folder = members.get("cwd");
  if (typeof command === "string")
    return { kind: "exec", command, cwd: typeof folder === "string" ? folder : cwd };
  const edit = members.get("edit");
  if (typeof edit === "string") return { kind: "edit", path: edit, change: { kind: "unknown" } };
  const read = members.get("read");
  if (typeof read === "string") return { kind: "read", path: read };
  const url = members.get("fetch");
  return typeof url === "string" ? { kind: "fetch", url } : undefined;
}
