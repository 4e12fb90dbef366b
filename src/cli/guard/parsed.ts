import { resolve } from "node:path";
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
  return actionFrom(value, cwd) ?? invalid("standard input", "it is a JSON object that names no action");
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
  return actionFrom(value, cwd) ?? invalid(where, "it names no action");
}

function invalid(where: string, says: string): never {
  throw new Fault("usage/invalid", `${where} cannot be judged: ${says}`, {
    hint: 'give {"command": "…", "cwd": "…"}, {"edit": "path"}, {"read": "path"} or {"fetch": "address"}, each as text',
  });
}

function actionFrom(value: unknown, base: string): Action | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const members = new Map<string, unknown>(Object.entries(value));
  const named = (name: string): string | undefined => {
    const member = members.get(name);
    return typeof member === "string" ? member : undefined;
  };
  if (members.has("cwd") && named("cwd") === undefined) return undefined;
  const cwd = resolve(base, named("cwd") ?? "");
  const [command, edit, read, url] = [named("command"), named("edit"), named("read"), named("fetch")];
  if (command !== undefined) return { kind: "exec", command, cwd };
  if (edit !== undefined) return { kind: "edit", path: resolve(cwd, edit), change: { kind: "unknown" } };
  if (read !== undefined) return { kind: "read", path: resolve(cwd, read) };
  return url === undefined ? undefined : { kind: "fetch", url };
}
