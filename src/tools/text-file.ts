import type { ToolError } from "../core/outcome.ts";
import { isError } from "./tool.ts";
import type { Bench } from "./tool.ts";
import { within } from "./within.ts";

export interface TextFile {
  readonly absolute: string;
  readonly relative: string;
  /** Every byte of the file as UTF-8, a byte order mark included: encoding it gives the same bytes. */
  readonly text: string;
}

/** Reads a file of the worktree. NOT_FOUND, NOT_TEXT and OUTSIDE_WORKTREE are answers. */
export async function readTextFile(path: string, bench: Bench): Promise<TextFile | ToolError> {
  const place = await within(path, bench);
  if (isError(place)) return place;
  const { absolute, relative } = place;
  const { files } = bench.host;
  const stat = await files.stat(await files.real(absolute));
  if (stat === undefined) return notFound(path, bench);
  if (stat.kind !== "file") return notText(path, `it is a ${stat.kind}, not a file`);
  const bytes = await files.readBytes(absolute);
  if (bytes === undefined) return notFound(path, bench);
  const text = decode(bytes);
  if (text === undefined) return notText(path, "it is binary or not UTF-8");
  return { absolute, relative, text };
}

/** `undefined` for bytes that are not UTF-8 text. */
export function decode(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  // The decoder replaces what it cannot read, so only valid text comes back as the same bytes.
  return Buffer.from(text, "utf8").equals(bytes) ? text : undefined;
}

export function notFound(path: string, bench: Bench): ToolError {
  return {
    code: "NOT_FOUND",
    says: `there is no file ${JSON.stringify(path)}`,
    context: `files that may be edited: ${bench.allowed.join(", ")}`,
    retryable: true,
  };
}

function notText(path: string, why: string): ToolError {
  return {
    code: "NOT_TEXT",
    says: `${JSON.stringify(path)} cannot be handled as text: ${why}`,
    context: "",
    retryable: false,
  };
}
