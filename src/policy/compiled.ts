import { canonical } from "../core/canonical.ts";
import { sha256 } from "../core/digest.ts";
import { Fault } from "../core/fault.ts";
import type { CompiledPolicy } from "../core/policy.ts";
import type { Files } from "../core/ports.ts";

// This file imports core alone: a hook reads the compiled policy without YAML and without a schema library.

/** Where the compiled form lies, below the repository root. */
export const compiledPath = ".surefoot/policy.json";

export type CompiledRead =
  | { readonly kind: "current"; readonly compiled: CompiledPolicy }
  /** A file that it was made from has changed since; `changed` names it. Load the policy again. */
  | { readonly kind: "stale"; readonly changed: readonly string[] }
  | { readonly kind: "absent" };

export interface CompiledPlace {
  readonly files: Files;
  /** Absolute repository root. */
  readonly root: string;
}

/** Writes the compiled form with the digests of the files that it was made from. Returns its absolute path. */
export async function writeCompiled(
  { files, root }: CompiledPlace,
  compiled: CompiledPolicy,
): Promise<string> {
  const overlays = compiled.origins.flatMap(({ source, file }) =>
    source === "service overlay" && file !== undefined ? [file] : [],
  );
  const sources: Record<string, string> = {};
  for (const file of new Set(["surefoot.yaml", "surefoot.local.yaml", ...overlays]))
    sources[file] = await digestOf(files, `${root}/${file}`);
  const body = { schemaVersion: 1, sources, compiled };
  const path = `${root}/${compiledPath}`;
  // The folder keeps itself out of the user's commits.
  const ignore = `${root}/.surefoot/.gitignore`;
  if ((await files.readText(ignore)) === undefined) await files.write(ignore, "*\n");
  await files.write(path, `${canonical({ ...body, seal: sha256(canonical(body)) })}\n`);
  return path;
}

/**
 * Reads it back. Throws `policy/invalid` when its text does not match its seal or its policy does not match its
 * digest: an unreadable policy is never taken for a lenient one.
 */
export async function readCompiled({ files, root }: CompiledPlace): Promise<CompiledRead> {
  const text = await files.readText(`${root}/${compiledPath}`);
  if (text === undefined) return { kind: "absent" };
  const { seal, ...body } = parse(text);
  if (body.schemaVersion !== 1) throw broken("was written by another version of surefoot");
  if (seal !== sha256(canonical(body))) throw broken("was changed after it was written");
  const { sources, compiled } = body;
  if (sha256(canonical(compiled.policy)) !== compiled.digest)
    throw broken("has a digest that is not its policy's");
  const changed: string[] = [];
  for (const [file, digest] of Object.entries(sources))
    if ((await digestOf(files, `${root}/${file}`)) !== digest) changed.push(file);
  return changed.length > 0 ? { kind: "stale", changed } : { kind: "current", compiled };
}

interface Stored {
  readonly schemaVersion: number;
  readonly sources: Readonly<Record<string, string>>;
  readonly compiled: CompiledPolicy;
  readonly seal: string;
}

function parse(text: string): Stored {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw broken("is not JSON", error);
    throw error;
  }
  if (!isStored(value)) throw broken("is not a compiled policy");
  return value;
}

// The seal shows that the rest is what `writeCompiled` wrote; this only keeps a foreign file from crashing the check.
function isStored(value: unknown): value is Stored {
  if (!isRecord(value) || !isRecord(value["compiled"]) || !isRecord(value["sources"])) return false;
  return isRecord(value["compiled"]["policy"]) && typeof value["compiled"]["digest"] === "string";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function digestOf(files: Files, path: string): Promise<string> {
  const text = await files.readText(path);
  return text === undefined ? "absent" : sha256(text);
}

function broken(says: string, cause?: unknown): Fault {
  return new Fault("policy/invalid", `${compiledPath} ${says}`, {
    where: { file: compiledPath },
    hint: `remove ${compiledPath}: it is made again from surefoot.yaml by the next surefoot command`,
    cause,
  });
}
