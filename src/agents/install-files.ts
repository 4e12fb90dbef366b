import { sha256 } from "../core/digest.ts";
import { Fault } from "../core/fault.ts";
import type { Files } from "../core/ports.ts";
import { startsHook } from "./hook-command.ts";
import { spanOf } from "./install-record.ts";
import type { WrittenFile } from "./install-record.ts";
import type { Edit } from "./installer.ts";
import { fieldsOf } from "./fields.ts";
import { settingsIn, withEntries, withoutEntries, withoutItems } from "./settings-text.ts";
import type { Placed } from "./settings-text.ts";

/** What happens to one file; `undefined` stands for no file. */
export interface FileChange {
  readonly path: string;
  readonly kind: Edit["kind"];
  /** As it is. */
  readonly current: string | undefined;
  /** As it is without surefoot. */
  readonly before: string | undefined;
  /** As it shall be. */
  readonly after: string | undefined;
  readonly mode: number | undefined;
  readonly placed: readonly Placed[];
}

/** What the edits mean for the files as they are, whatever of surefoot's is in them already. Writes nothing. */
export async function planChanges(
  files: Files,
  edits: readonly Edit[],
  written: readonly WrittenFile[],
): Promise<readonly FileChange[]> {
  const changes: FileChange[] = [];
  for (const edit of edits) {
    const record = written.find(({ path }) => path === edit.path);
    const current = await files.readText(edit.path);
    const before = textBefore(current, record);
    changes.push(changeFor(edit, current, before));
  }
  // What an earlier installation wrote and this one does not.
  const gone = written.filter(({ path }) => !edits.some((edit) => edit.path === path));
  return [...changes, ...(await planRemoval(files, gone))];
}

/** What it means for the files to take an installation out. */
export async function planRemoval(
  files: Files,
  written: readonly WrittenFile[],
): Promise<readonly FileChange[]> {
  return Promise.all(
    written.map(async (record): Promise<FileChange> => {
      const current = await files.readText(record.path);
      const before = textBefore(current, record);
      const { path, kind } = record;
      return { path, kind, current, before, after: before, mode: undefined, placed: [] };
    }),
  );
}

/**
 * What to remember of the changes, for undoing them. It is to be written down before they are made: what is remembered
 * and was never written is undone as well, what was written and is not remembered is not.
 */
export async function recordsOf(
  files: Files,
  changes: readonly FileChange[],
  written: readonly WrittenFile[],
): Promise<readonly WrittenFile[]> {
  const records: WrittenFile[] = [];
  for (const { path, kind, before, after, placed } of changes) {
    if (after === undefined || after === before) continue;
    const earlier = written.find((record) => record.path === path);
    const folders = earlier?.folders ?? (await missingFolders(files, path));
    const made = before === undefined;
    const span = spanOf(before ?? "", after);
    records.push({ path, kind, digest: sha256(after), made, span, placed, folders });
  }
  return records;
}

/** Makes the changes, and removes the folders that were made earlier and that nothing needs now. */
export async function applyChanges(
  files: Files,
  changes: readonly FileChange[],
  written: readonly WrittenFile[],
): Promise<void> {
  for (const { path, current, after, mode } of changes) {
    if (after === undefined && current !== undefined) await files.remove(path);
    if (after !== undefined && after !== current) await files.write(path, after, mode);
  }
  await removeEmpty(
    files,
    written.flatMap((record) => record.folders),
  );
}

/** The files in which what surefoot wrote is no longer there. */
export async function missingFiles(
  files: Files,
  written: readonly WrittenFile[],
): Promise<readonly string[]> {
  const gone = await Promise.all(
    written.map(async ({ path, digest, kind, placed, span }) => {
      const text = await files.readText(path);
      if (text === undefined) return [path];
      if (sha256(text) === digest) return [];
      const entries = placed.map(({ entry }) => entry);
      const there =
        kind === "settings" ? withEntries(text, entries)?.placed.length === 0 : text.includes(span.ours);
      return there ? [] : [path];
    }),
  );
  return gone.flat();
}

/** Removes those of the folders in which nothing is left. */
export async function removeEmpty(files: Files, folders: readonly string[]): Promise<void> {
  // The innermost first.
  for (const folder of new Set(folders.toSorted((one, other) => other.length - one.length)))
    if ((await files.list(folder))?.length === 0) await files.remove(folder);
}

/** The text of a file without what surefoot put there, as far as the user has not changed that. */
export function textBefore(current: string | undefined, record: WrittenFile | undefined): string | undefined {
  if (current === undefined || record === undefined) return current;
  const { at, ours, theirs } = record.span;
  if (sha256(current) === record.digest)
    return record.made ? undefined : current.slice(0, at) + theirs + current.slice(at + ours.length);
  // A file of surefoot's own goes, whatever was made of it.
  if (record.kind === "file" && record.made) return undefined;
  if (record.kind === "settings") {
    const rest = withoutEntries(current, record.placed);
    return record.made && Object.keys(fieldsOf(settingsIn(rest))).length === 0 ? undefined : rest;
  }
  const rest = ours === "" ? current : current.replace(ours, () => theirs);
  return record.made && rest.trim() === "" ? undefined : rest;
}

function changeFor(edit: Edit, current: string | undefined, before: string | undefined): FileChange {
  const { path, kind } = edit;
  switch (edit.kind) {
    case "file":
      return { path, kind, current, before, after: edit.text, mode: edit.mode, placed: [] };
    case "text":
      return { path, kind, current, before, after: edit.text, mode: undefined, placed: [] };
    case "settings": {
      // A hook of surefoot's that no record knows of is not the user's to keep.
      const clean =
        before === undefined
          ? undefined
          : edit.lists.reduce((text, list) => withoutItems(text, list, startsHook), before);
      const edited = withEntries(clean ?? "", edit.entries);
      if (edited === undefined) throw unsettled(path);
      const { text, placed } = edited;
      return { path, kind, current, before: clean, after: text, mode: undefined, placed };
    }
  }
}

function unsettled(path: string): Fault {
  return new Fault("file/unreadable", `${path} is no JSON object that surefoot can add its hook to`, {
    where: { file: path },
    hint: "mend the file, so that the agent can read it, and run the command again",
  });
}

/** The folders above a file that do not exist, the outermost first. */
async function missingFolders(files: Files, path: string): Promise<readonly string[]> {
  const folder = path.slice(0, path.lastIndexOf("/"));
  if (folder === "" || (await files.stat(folder)) !== undefined) return [];
  return [...(await missingFolders(files, folder)), folder];
}
