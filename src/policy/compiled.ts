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
  /** Files outside the repository that the policy depends on as well, absolute: the user's own settings. */
  readonly outside?: readonly string[];
  /** What compiled it: presets change from version to version. */
  readonly version?: string;
  /**
   * A file that only the user can read, absolute. The compiled form lies in the repository, which may come from
   * anywhere, and everything else in it can be made up; the digest of this file cannot.
   */
  readonly secret?: string;
}

/** Writes the compiled form with the digests of the files that it was made from. Returns its absolute path. */
export async function writeCompiled(
  { files, root, outside = [], version = "", secret }: CompiledPlace,
  compiled: CompiledPolicy,
): Promise<string> {
  const overlays = compiled.origins.flatMap(({ source, file }) =>
    source === "service overlay" && file !== undefined ? [file] : [],
  );
  const sources: Record<string, string> = {};
  for (const file of new Set([...own, ...overlays, ...outside, ...(secret === undefined ? [] : [secret])]))
    sources[file] = await digestOf(files, placed(root, file));
  const body = canonical({ schemaVersion: 1, version, sources, compiled });
  const path = `${root}/${compiledPath}`;
  // The folder keeps itself out of the user's commits.
  const ignore = `${root}/.surefoot/.gitignore`;
  if ((await files.readText(ignore)) === undefined) await files.write(ignore, "*\n");
  await files.write(path, `${sha256(body)}\n${body}\n`);
  return path;
}

/**
 * Reads it back. Throws `policy/invalid` when its text does not match its seal: an unreadable policy is never taken for
 * a lenient one.
 */
export async function readCompiled({
  files,
  root,
  outside = [],
  version = "",
  secret,
}: CompiledPlace): Promise<CompiledRead> {
  const text = await files.readText(`${root}/${compiledPath}`);
  if (text === undefined) return { kind: "absent" };
  // The seal is of the text, so that a hook need not write the policy out again to check it.
  const body = text.slice(sealDigits + 1, -1);
  if (text.slice(0, sealDigits) !== sha256(body)) throw broken("was changed after it was written");
  const stored = parse(body);
  if (stored.schemaVersion !== 1 || stored.version !== version)
    return { kind: "stale", changed: ["the version of surefoot"] };
  const { sources, compiled } = stored;
  if (secret !== undefined && (sources[secret] ?? absent) === absent)
    return { kind: "stale", changed: ["who compiled it"] };
  const names = [
    ...new Set([...Object.keys(sources), ...outside, ...(secret === undefined ? [] : [secret])]),
  ];
  const digests = await Promise.all(names.map((file) => digestOf(files, placed(root, file))));
  const changed = names.filter((file, index) => sources[file] !== digests[index]);
  return changed.length > 0 ? { kind: "stale", changed } : { kind: "current", compiled };
}

const own = ["surefoot.yaml", "surefoot.local.yaml"];
const sealDigits = 64;
const absent = "absent";

function placed(root: string, file: string): string {
  return file.startsWith("/") ? file : `${root}/${file}`;
}

interface Stored {
  readonly schemaVersion: number;
  readonly version: string;
  readonly sources: Readonly<Record<string, string>>;
  readonly compiled: CompiledPolicy;
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
  return text === undefined ? absent : sha256(text);
}

function broken(says: string, cause?: unknown): Fault {
  return new Fault("policy/invalid", `${compiledPath} ${says}`, {
    where: { file: compiledPath },
    hint: `remove ${compiledPath}: it is made again from surefoot.yaml by the next surefoot command`,
    cause,
  });
}
