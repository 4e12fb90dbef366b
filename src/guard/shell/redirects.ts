import type { Redirect } from "./ir.ts";
import { contentOf, hole, known, none, putContent, target, touch, unknown } from "./shell.ts";
import type { Arg, Output, Shell } from "./shell.ts";
import { expandText } from "./words.ts";

/** Records what redirects do to files. Gives the standard input that they set, if they do. */
export function redirects(list: readonly Redirect[], shell: Shell, empty = false): Output | undefined {
  let stdin: Output | undefined;
  for (const redirect of list) {
    if (redirect.kind === "text") {
      const text = expandText(redirect.body, shell, shell.world.runNode);
      stdin = { kind: "text", text: redirect.adds === "nothing" ? text : `${text}\n` };
      continue;
    }
    if (redirect.target === undefined) continue;
    const { operator } = redirect;
    const arg: Arg = {
      value: expandText(redirect.target, shell, shell.world.runNode),
      span: redirect.target.span,
    };
    const text = known(arg.value);
    // `2>&1` and `>&-` name descriptors, not files.
    if ((operator === ">&" || operator === "<&") && (text === undefined || /^\d*-?$/.test(text))) continue;
    if (operator === "<" || operator === "<&") {
      touch(shell, arg, { kind: "read", by: "<" });
      stdin = contentOf(shell, arg.value) ?? { kind: "unknown", ...fileNamed(shell, arg) };
    } else {
      const replaces = empty && !operator.includes(">>");
      touch(shell, arg, { kind: "write", by: replaces ? "truncate" : operator });
    }
  }
  return stdin;
}

function fileNamed(shell: Shell, arg: Arg): { readonly file?: Arg } {
  const { path, glob } = target(shell, arg.value);
  return path === undefined || glob === true ? {} : { file: { ...arg, value: path } };
}

/** Whether a command prints nothing, or what git has of a file: a redirect then takes away what the file held. */
export function empties(args: readonly Arg[]): boolean {
  if (args.length > 4) return false;
  const line = args.map((arg) => known(arg.value) ?? hole).join(" ");
  return /^$|^(:|true|cat \/dev\/null|echo -n|printf ?|git (show|cat-file( -p| blob)?) [^ ]*:[^ ]+)$/.test(
    line,
  );
}

/** Remembers the text of files that the command writes, and gives what is left of its output. */
export function written(list: readonly Redirect[], output: Output, shell: Shell): Output {
  let rest = output;
  for (const redirect of list) {
    if (redirect.kind !== "file" || redirect.target === undefined) continue;
    const { operator, descriptor } = redirect;
    if (!operator.includes(">") || operator === ">&" || (descriptor ?? 1) !== 1) continue;
    const name = expandText(redirect.target, shell, () => unknown);
    putContent(shell, name, rest, operator === ">>");
    rest = none;
  }
  return rest;
}
