import { Fault } from "../core/fault.ts";
import type { Files } from "../core/ports.ts";
import { fieldsOf, listOf, numberOf, parseJson, textOf } from "./fields.ts";
import type { Fields } from "./fields.ts";
import type { Edit, Scope, Start } from "./installer.ts";
import type { Entry, Placed } from "./settings-text.ts";

/** One installation of the guard, with what it takes to leave no trace of it. */
export interface Installation {
  readonly agent: string;
  readonly scope: Scope;
  /** Absolute path; empty for an installation for the user. */
  readonly project: string;
  readonly unattended: boolean;
  /** Starts its hook as the agent does. */
  readonly start: Start;
  readonly files: readonly WrittenFile[];
}

export interface WrittenFile {
  readonly path: string;
  readonly kind: Edit["kind"];
  /** SHA-256 of the text that was written. */
  readonly digest: string;
  /** There was no such file before. */
  readonly made: boolean;
  /** Makes the text before out of the text that was written. No more of the user's own text is kept. */
  readonly span: Span;
  /** Entries in a settings file, for when the user has changed it since. */
  readonly placed: readonly Placed[];
  /** Folders that were made for it, the outermost first. */
  readonly folders: readonly string[];
}

/** The one stretch in which two texts differ. */
export interface Span {
  /** UTF-16 code units from the beginning. */
  readonly at: number;
  /** What stands there since. */
  readonly ours: string;
  /** What stood there before. */
  readonly theirs: string;
}

/** All installations that were made and not undone. Throws `file/unreadable` for what surefoot did not write. */
export async function readInstallations(files: Files, path: string): Promise<readonly Installation[]> {
  const text = await files.readText(path);
  if (text === undefined) return [];
  const installations = listOf(fieldsOf(parseJson(text))["installations"]).map(installationIn);
  const known = installations.filter((one) => one !== undefined);
  if (fieldsOf(parseJson(text))["version"] === 1 && known.length === installations.length) return known;
  throw new Fault("file/unreadable", `${path} does not say what was installed`, {
    where: { file: path },
    hint: "move it aside, and take surefoot's entries out of the agents' settings by hand",
  });
}

/** Where nothing is installed there is no file. */
export async function writeInstallations(
  files: Files,
  path: string,
  installations: readonly Installation[],
): Promise<void> {
  if (installations.length === 0) await files.remove(path);
  else await files.write(path, `${JSON.stringify({ version: 1, installations }, null, 2)}\n`, 0o600);
}

export function isSame(
  left: Installation,
  right: Pick<Installation, "agent" | "scope" | "project">,
): boolean {
  return left.agent === right.agent && left.scope === right.scope && left.project === right.project;
}

export function spanOf(before: string, after: string): Span {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before.charCodeAt(head) === after.charCodeAt(head)) head += 1;
  let tail = 0;
  while (
    tail < shorter - head &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  )
    tail += 1;
  return {
    at: head,
    ours: after.slice(head, after.length - tail),
    theirs: before.slice(head, before.length - tail),
  };
}

function installationIn(value: unknown): Installation | undefined {
  const fields = fieldsOf(value);
  const agent = textOf(fields, "agent");
  const scope = textOf(fields, "scope");
  const files = listOf(fields["files"]).map(fileIn);
  const known = files.filter((file) => file !== undefined);
  if (agent === undefined || (scope !== "user" && scope !== "project") || known.length !== files.length)
    return undefined;
  const project = textOf(fields, "project") ?? "";
  const start = startIn(fields["start"]);
  if (start === undefined) return undefined;
  return { agent, scope, project, unattended: fields["unattended"] === true, start, files: known };
}

function startIn(value: unknown): Start | undefined {
  const fields = fieldsOf(value);
  const shell = textOf(fields, "shell");
  const url = textOf(fields, "url");
  if (url !== undefined) {
    const headers = Object.entries(fieldsOf(fields["headers"])).filter(
      (header): header is [string, string] => typeof header[1] === "string",
    );
    return { url, headers: Object.fromEntries(headers) };
  }
  const [program, ...args] = texts(value);
  if (program !== undefined) return [program, ...args];
  return shell === undefined ? undefined : { shell };
}

function fileIn(value: unknown): WrittenFile | undefined {
  const fields = fieldsOf(value);
  const path = textOf(fields, "path");
  const digest = textOf(fields, "digest");
  const kind = textOf(fields, "kind");
  const span = fieldsOf(fields["span"]);
  const ours = textOf(span, "ours");
  const theirs = textOf(span, "theirs");
  const placed = listOf(fields["placed"]).map(placedIn);
  const known = placed.filter((one) => one !== undefined);
  if (path === undefined || digest === undefined || ours === undefined || theirs === undefined)
    return undefined;
  if ((kind !== "file" && kind !== "settings" && kind !== "text") || known.length !== placed.length)
    return undefined;
  return {
    path,
    kind,
    digest,
    made: fields["made"] === true,
    span: { at: numberOf(span, "at"), ours, theirs },
    placed: known,
    folders: texts(fields["folders"]),
  };
}

function placedIn(value: unknown): Placed | undefined {
  const fields = fieldsOf(value);
  const entry = entryIn(fieldsOf(fields["entry"]));
  return entry === undefined
    ? undefined
    : { entry, depth: numberOf(fields, "depth"), previous: textOf(fields, "previous") };
}

function entryIn(fields: Fields): Entry | undefined {
  const kind = textOf(fields, "kind");
  if (kind !== "item" && kind !== "member") return undefined;
  return { kind, path: texts(fields["path"]), value: fields["value"] };
}

function texts(value: unknown): readonly string[] {
  return listOf(value).filter((item): item is string => typeof item === "string");
}
