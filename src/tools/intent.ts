import { z } from "zod";
import { sha256 } from "../core/digest.ts";
import { Fault } from "../core/fault.ts";
import type { Outcome } from "../core/outcome.ts";
import type { Files } from "../core/ports.ts";

const digest = z.string().nullable();

const step = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("edit"),
    /** Where the content really stands, absolute. */
    place: z.string(),
    before: digest,
    after: digest,
    result: z.object({
      kind: z.literal("patched"),
      path: z.string(),
      added: z.number(),
      removed: z.number(),
      diffId: z.string(),
      before: z.string(),
      after: z.string(),
    }),
  }),
  z.object({ kind: z.literal("command"), command: z.string() }),
]);

const schema = z.object({ call: z.string(), tool: z.string(), step });

/** What a call is about to do, with the state before and after it: `null` stands for nothing there. */
export type Step = z.infer<typeof step>;

/**
 * The last effect that was begun, on disk before it happens. A process that is killed between the effect and its
 * `tool.finished` leaves it behind, and whoever takes the run up can tell whether the effect took place.
 */
export type Intent = z.infer<typeof schema>;

export async function writeIntent(files: Files, path: string, intent: Intent): Promise<void> {
  await files.write(path, JSON.stringify(intent), 0o600);
}

/** `undefined` where no call has announced anything yet. Throws `file/unreadable` for what this did not write. */
export async function readIntent(files: Files, path: string): Promise<Intent | undefined> {
  const text = await files.readText(path);
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new Fault("file/unreadable", `${path} does not say what the last call was about to do`, {
    hint: "it was changed by hand; discard the run and start the task again",
    where: { file: path },
  });
}

/**
 * How a call ended that was cut off after it was announced; `undefined` where it has done nothing yet and may be made.
 * An edit replaces its file in one step, so it is there as a whole or not at all. How far a command got nobody knows.
 */
export async function settleIntent(files: Files, { step: cut }: Intent): Promise<Outcome | undefined> {
  switch (cut.kind) {
    case "command":
      return cutOff(`\`${cut.command}\` was cut off when surefoot was ended, and is not run again`);
    case "edit": {
      const now = await contentOf(files, cut.place);
      if (now === cut.before) return undefined;
      if (now === cut.after) return { kind: "done", result: cut.result };
      return cutOff(
        `${JSON.stringify(cut.result.path)} was about to be changed when surefoot was ended, and somebody else has changed it since`,
      );
    }
  }
}

/** Digest of what stands at a path; a link counts as what it is, not as what it points to. */
export async function contentOf(files: Files, path: string): Promise<string | null> {
  const stat = await files.stat(path);
  if (stat === undefined) return null;
  const bytes = stat.kind === "file" ? await files.readBytes(path) : undefined;
  return bytes === undefined ? stat.kind : sha256(bytes);
}

function cutOff(says: string): Outcome {
  const error = {
    code: "CUT_OFF",
    says,
    context: "look at the tree before going on",
    retryable: false,
  } as const;
  return { kind: "failed", error };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
