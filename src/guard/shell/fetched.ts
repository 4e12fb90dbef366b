import type { Span } from "../../core/action.ts";
import { addProblem, known } from "./shell.ts";
import type { Arg, Output, World } from "./shell.ts";

/** What a program prints that gets its text from the network; `undefined` for every other program. */
export function fetchedBy(name: string, args: readonly Arg[]): Output | undefined {
  const subcommand = subcommands.get(name);
  if (subcommand === undefined && !fetchers.has(name)) return undefined;
  const words = args.map((arg) => known(arg.value) ?? "");
  if (subcommand?.test(words.join(" ")) === false) return undefined;
  const address =
    words.find((word) => /^[\w+.-]+:\/\//.test(word)) ??
    words.find((word) => /^[\w-]+(\.[\w-]+)+(\/|:\d|$)/.test(word));
  return { kind: "unknown", fetched: address ?? "" };
}

const fetchers: ReadonlySet<string> = new Set([
  "curl",
  "curl.exe",
  "wget",
  "wget2",
  "http",
  "https",
  "xh",
  "xhs",
  "curlie",
  "lynx",
  "w3m",
  "links",
  "elinks",
  "nc",
  "ncat",
  "netcat",
  "telnet",
  "socat",
  "ftp",
  "tftp",
  "dig",
  "nslookup",
]);

const subcommands: ReadonlyMap<string, RegExp> = new Map([
  ["gh", /^(gist view|api)\b/],
  ["gsutil", /^(-\w+ )*cat\b/],
  ["gcloud", /^storage cat\b/],
  ["aws", /^s3 cp .* -$/],
  ["openssl", /^s_client\b/],
  ["rclone", /^cat\b/],
]);

/** What a later part of a pipe prints still comes from the network when its input does and nothing else is known. */
export function passedOn(output: Output, input: Output): Output {
  return output.kind === "unknown" &&
    output.fetched === undefined &&
    input.kind === "unknown" &&
    input.fetched !== undefined
    ? input
    : output;
}

/**
 * Code for a shell or an interpreter that cannot be known from the text. Where it comes from the network, by a pipe, a
 * file or a substitution inside its own words, the problem says from where.
 */
export function addOpaqueBody(world: World, says: string, span: Span, code?: Output): void {
  const piped = code?.kind === "unknown" ? code.fetched : undefined;
  const fetched = piped ?? fetchedWithin(world, span);
  addProblem(world, "opaque-body", says, span, fetched);
}

/** The address of a text that is fetched inside a stretch of the action; `undefined` where none is. */
function fetchedWithin(world: World, span: Span): string | undefined {
  const effect = world.effects.find(
    (item) =>
      item.kind === "network" &&
      item.span !== undefined &&
      item.span.start >= span.start &&
      item.span.end <= span.end,
  );
  return effect?.kind === "network" ? (effect.target ?? "") : undefined;
}
