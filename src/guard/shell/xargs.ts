import { runCommand } from "./command.ts";
import type { Call } from "./command.ts";
import { has, readOptions, valueOf } from "./options.ts";
import { hole, none, unknown } from "./shell.ts";
import type { Arg, Output, Shell } from "./shell.ts";
import { note } from "./wrapper-note.ts";

// More words than this are judged by the first of them.
const wordsAtMost = 24;

/** `xargs cmd` and `parallel cmd`: the command gets what standard input says, or something that cannot be known. */
export function runXargs(name: string, args: readonly Arg[], shell: Shell, call: Call): Output {
  const parallel = name !== "xargs";
  const options = readOptions(args, {
    short: parallel ? "jIaSN" : "InPLsdaEJR",
    long: [
      "replace",
      "max-args",
      "max-procs",
      "max-lines",
      "max-chars",
      "delimiter",
      "arg-file",
      "jobs",
      "arg-sep",
    ],
    stops: true,
  });
  note(name, args, shell, call);
  const cut = options.operands.findIndex((arg) => /^:::+[+]?$/.test(arg.value));
  const command = cut < 0 ? options.operands : options.operands.slice(0, cut);
  // With a delimiter or a place for it, a whole line is one word.
  const whole = parallel || has(options, "I", "i", "J", "d", "replace", "delimiter", "0", "null");
  const files = options.operands[cut]?.value.startsWith("::::") === true || has(options, "a", "arg-file");
  const given = files
    ? []
    : cut < 0
      ? inputWords(call.stdin, whole)
      : options.operands.slice(cut + 1).map((arg) => arg.value);
  if (command.length === 0) {
    if (!parallel) return call.stdin;
    // Without a command, parallel runs each input line as one.
    for (const line of given) shell.world.runText(line, shell, { value: line, span: call.span });
    return unknown;
  }
  const place =
    valueOf(options, "I", "J", "replace")?.value ?? (parallel || has(options, "i") ? "{}" : undefined);
  const replaced = place !== undefined && command.some((arg) => arg.value.includes(place));
  const words = given.length === 0 ? [hole] : given.slice(0, wordsAtMost);
  const rounds =
    replaced && place !== undefined
      ? words.map((word) =>
          command.map((arg) => ({ ...arg, value: arg.value.replaceAll(place, () => word) })),
        )
      : [[...command, ...words.map((value) => ({ value, span: call.span }))]];
  for (const round of rounds) {
    if (parallel && command.length === 1)
      shell.world.runText(round.map((arg) => arg.value).join(" "), shell, { value: "", span: call.span });
    else runCommand(round, shell, { ...call, stdin: none });
  }
  return unknown;
}

function inputWords(stdin: Output, whole: boolean): readonly string[] {
  switch (stdin.kind) {
    case "text":
      return stdin.text.split(whole ? /[\n\0]+/ : /[\s\0]+/).filter((word) => word !== "");
    case "paths":
      return stdin.words;
    case "none":
    case "unknown":
      return [];
  }
}
