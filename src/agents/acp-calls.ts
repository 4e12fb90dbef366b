import type { Action } from "../core/action.ts";
import { fieldsOf, isFields, listOf, textOf } from "./fields.ts";
import type { Fields } from "./fields.ts";
import { at } from "./hook-parts.ts";

/** A tool call as the Agent Client Protocol shows it, put together from all its updates. */
export interface AcpCall {
  readonly id: string;
  readonly name: string | undefined;
  readonly kind: string | undefined;
  readonly title: string | undefined;
  readonly status: string | undefined;
  readonly rawInput: unknown;
  readonly content: readonly unknown[];
  readonly locations: readonly unknown[];
}

/** What is known of the call after one more update; a field that the update leaves out, or leaves empty, stays. */
export function updated(before: AcpCall | undefined, update: unknown): AcpCall {
  const fields = fieldsOf(update);
  const raw = fields["rawInput"];
  const content = listOf(fields["content"]);
  const locations = listOf(fields["locations"]);
  return {
    id: textOf(fields, "toolCallId") ?? before?.id ?? "",
    name: textOf(fields, "name") ?? before?.name,
    kind: textOf(fields, "kind") ?? before?.kind,
    title: textOf(fields, "title") ?? before?.title,
    status: textOf(fields, "status") ?? before?.status,
    rawInput:
      raw === undefined || raw === null || (isFields(raw) && Object.keys(raw).length === 0)
        ? before?.rawInput
        : raw,
    content: content.length === 0 || !content.some(isDiff) ? (before?.content ?? content) : content,
    locations: locations.length === 0 ? (before?.locations ?? []) : locations,
  };
}

/** Kinds that change nothing outside the agent. */
const quiet = new Set(["read", "search", "think", "fetch", "switch_mode"]);

export function isEffectful(call: AcpCall): boolean {
  return !quiet.has(call.kind ?? "other");
}

/** How the call is named in the ledger. */
export function toolName(call: AcpCall): string {
  return call.name ?? call.kind ?? "other";
}

/**
 * What the call would do. The arguments are trusted first, then the diff, then the title, which some agents fill with the
 * command; `undefined` where none of them tells.
 */
export function actionsOfCall(call: AcpCall, cwd: string): readonly Action[] | undefined {
  const raw = fieldsOf(call.rawInput);
  const diffs = call.content.filter(isDiff).map((block) => editOf(block, cwd));
  if (diffs.length > 0) return diffs;
  const place = textOf(fieldsOf(call.locations[0]), "path");
  const path = textOf(raw, "file_path", "filePath", "absolute_path", "path") ?? place;
  switch (call.kind) {
    case "execute": {
      const command = commandOf(raw) ?? bare(call.title);
      return command === undefined
        ? undefined
        : [{ kind: "exec", command, cwd: textOf(raw, "cwd", "workdir") ?? cwd }];
    }
    case "edit":
      return path === undefined
        ? undefined
        : [{ kind: "edit", path: at(cwd, path), change: { kind: "unknown" } }];
    case "delete":
      return path === undefined
        ? undefined
        : [{ kind: "edit", path: at(cwd, path), change: { kind: "delete" } }];
    case "move": {
      const to = textOf(raw, "to", "destination", "newPath") ?? textOf(fieldsOf(call.locations[1]), "path");
      if (path === undefined || to === undefined) return undefined;
      return [{ kind: "edit", path: at(cwd, path), change: { kind: "move", to: at(cwd, to) } }];
    }
    case "read":
      return [{ kind: "read", path: at(cwd, path ?? ".") }];
    case "search":
      return [{ kind: "search", path: at(cwd, path ?? ".") }];
    case "fetch":
      return [{ kind: "fetch", url: textOf(raw, "url") ?? call.title ?? "" }];
  }
  const command = commandOf(raw);
  if (command !== undefined) return [{ kind: "exec", command, cwd: textOf(raw, "cwd") ?? cwd }];
  return [
    {
      kind: "tool",
      server: "acp",
      name: call.name ?? call.title ?? call.kind ?? "other",
      input: call.rawInput,
    },
  ];
}

function isDiff(block: unknown): block is Fields {
  return isFields(block) && block["type"] === "diff";
}

function editOf(diff: Fields, cwd: string): Action {
  const path = at(cwd, textOf(diff, "path") ?? "");
  const oldText = textOf(diff, "oldText");
  const newText = textOf(diff, "newText") ?? "";
  return oldText === undefined
    ? { kind: "edit", path, change: { kind: "create", text: newText } }
    : { kind: "edit", path, change: { kind: "replace", oldText, newText } };
}

function commandOf(raw: Fields): string | undefined {
  const text = textOf(raw, "command", "cmd");
  if (text !== undefined) return text;
  const words = listOf(raw["command"]).filter((word): word is string => typeof word === "string");
  return words.length === 0
    ? undefined
    : words.length === 3 && /^-l?c$/.test(words[1] ?? "")
      ? words[2]
      : words.join(" ");
}

function bare(title: string | undefined): string | undefined {
  const text = title?.replace(/^`([\s\S]*)`$/, "$1").trim();
  return text === "" ? undefined : text;
}
