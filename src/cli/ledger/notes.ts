import type { Io } from "../command.ts";

const notes = ["notes", "--ref=surefoot"] as const;

/** Adds a line to the note of HEAD (`refs/notes/surefoot`). Throws `repo/git-failed`. */
export async function writeNote(io: Io, line: string): Promise<void> {
  await io.host.git.text([...notes, "append", "-m", line, "HEAD"], { cwd: io.cwd });
}

/** The text of all notes, whichever commit they are on. */
export async function readNotes(io: Io): Promise<string> {
  const list = await io.host.git.text([...notes, "list"], { cwd: io.cwd });
  const blobs = [...list.matchAll(/^([0-9a-f]{40,64}) /gm)].map(([, blob]) => `${blob}\n`);
  if (blobs.length === 0) return "";
  return io.host.git.text(["cat-file", "--batch"], { cwd: io.cwd, stdin: blobs.join("") });
}
