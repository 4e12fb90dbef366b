import { trimEnd } from "../../core/trim-end.ts";
import { normalize } from "../paths.ts";
import type { Call } from "./command.ts";
import { addOpaqueBody } from "./fetched.ts";
import { printed } from "./output.ts";
import { runSourced } from "./shells.ts";
import { assigned } from "./variables.ts";
import { addProblem, hole, isKnown, known, none, setVariable, target, unknown } from "./shell.ts";
import type { Arg, Output, Shell } from "./shell.ts";

/** Commands that the shell does itself. `undefined`: not one of them. */
export function runBuiltin(name: string, args: readonly Arg[], shell: Shell, call: Call): Output | undefined {
  switch (name) {
    case "cd":
    case "pushd":
    case "popd":
      changeFolder(name, args, shell, call);
      return none;
    case "eval":
      return runEval(args, shell, call);
    case "source":
    case ".":
      return runSourced(args, shell, call);
    case "export":
    case "declare":
    case "typeset":
    case "local":
    case "readonly":
      declare(name, args, shell);
      return none;
    case "unset":
      for (const arg of args) {
        const variable = known(arg.value) ?? "";
        shell.vars.set(variable, { fields: [""], array: false, exported: false });
        shell.functions.delete(variable);
      }
      return none;
    case "alias":
      for (const arg of args) {
        const cut = arg.value.indexOf("=");
        if (cut > 0) shell.aliases.set(arg.value.slice(0, cut), arg.value.slice(cut + 1));
      }
      return none;
    case "unalias":
      shell.aliases.clear();
      return none;
    case "trap":
      return runTrap(args, shell);
    case "read":
      readVariables(args, shell, call);
      return none;
    case "mapfile":
    case "readarray": {
      const variable = known(args.at(-1)?.value ?? "") ?? "MAPFILE";
      const { stdin } = call;
      const fields =
        stdin.kind === "paths"
          ? stdin.words
          : stdin.kind === "text"
            ? stdin.text.replace(/\n$/, "").split("\n")
            : [hole];
      shell.vars.set(variable, { fields, array: true, exported: false });
      return none;
    }
    case "set":
      setParameters(args, shell);
      return none;
    case "shift":
      shell.args = shell.args?.slice(Number(known(args[0]?.value ?? "1") ?? 1) || 1);
      return none;
    case "exit":
    case "return":
    case "break":
    case "continue":
      shell.ended = true;
      return none;
    case ":":
    case "true":
    case "false":
    case "test":
    case "[":
    case "wait":
    case "jobs":
    case "umask":
    case "shopt":
    case "hash":
    case "let":
    case "getopts":
    case "ulimit":
    case "disown":
      return none;
    case "echo":
    case "printf":
    case "pwd":
    case "type":
      return printed(name, args, shell, call.stdin);
    default:
      return undefined;
  }
}

function changeFolder(name: string, args: readonly Arg[], shell: Shell, call: Call): void {
  const operand = args.find((arg) => !/^-[LPe@n]+$/.test(arg.value) && arg.value !== "--");
  const before = shell.cwd;
  if (name === "popd" || operand?.value === "-") {
    const back = shell.vars.get("OLDPWD")?.fields[0];
    shell.cwd = back !== undefined && isKnown(back) ? back : (shell.world.facts.worktree ?? undefined);
  } else if (operand === undefined) shell.cwd = shell.world.facts.home;
  else {
    const place = target(shell, operand.value);
    // With CDPATH a relative folder may be found elsewhere.
    const found = (shell.vars.has("CDPATH") || call.env.has("CDPATH")) && !/^[./~]/.test(operand.value);
    shell.cwd = found ? undefined : place.glob === true ? folderOf(place.path) : (place.path ?? place.under);
  }
  if (before !== undefined) shell.vars.set("OLDPWD", { fields: [before], array: false, exported: false });
}

// A folder named by a pattern lies in the folder that the pattern starts with; its own name does not matter.
function folderOf(path: string | undefined): string | undefined {
  return path === undefined ? undefined : normalize(path.replace(/[*?[].*$/, "matched"));
}

function runEval(args: readonly Arg[], shell: Shell, call: Call): Output {
  const text = args.map((arg) => arg.value).join(" ");
  if (text.trim() === "") return none;
  if (text.trim() === hole || args.every((arg) => arg.value.startsWith(hole))) {
    addOpaqueBody(shell.world, "the text given to eval cannot be known", call.span);
    return unknown;
  }
  return shell.world.runText(text, shell, { value: text, span: call.span });
}

function declare(name: string, args: readonly Arg[], shell: Shell): void {
  const flag = (letter: string): boolean =>
    args.some((arg) => /^-\w+$/.test(arg.value) && arg.value.includes(letter));
  const exported = name === "export" || flag("x");
  const reference = name !== "export" && flag("n");
  const functions = exported && flag("f");
  for (const arg of args) {
    if (arg.value.startsWith("-")) continue;
    const cut = arg.value.indexOf("=");
    const variable = (cut < 0 ? arg.value : arg.value.slice(0, cut)).replace(/\+$/, "");
    if (!isKnown(variable)) continue;
    // `declare -n`: a name for another variable, whose value nobody can tell here.
    if (cut >= 0 && reference) setVariable(shell, variable, [hole], { exported });
    else if (cut >= 0) {
      setVariable(shell, variable, [arg.value.slice(cut + 1)], { exported });
      assigned(variable, arg.value.slice(cut + 1), shell, arg.span);
    } else if (functions) setVariable(shell, `${variable}()`, [variable], { exported: true });
    else {
      const before = shell.vars.get(variable);
      if (before !== undefined && exported) shell.vars.set(variable, { ...before, exported });
    }
  }
}

function runTrap(args: readonly Arg[], shell: Shell): Output {
  const body = args.find((arg) => arg.value !== "--");
  if (body === undefined || args.length < 2 || body.value === "-" || body.value === "") return none;
  if (body.value === hole) {
    addProblem(shell.world, "opaque-body", "what a trap runs cannot be known", body.span);
    return none;
  }
  // It runs at the end, in a folder that nobody knows yet; where it stands is the best guess.
  shell.world.runText(body.value, shell, body);
  return none;
}

function readVariables(args: readonly Arg[], shell: Shell, call: Call): void {
  const names: string[] = [];
  let list: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const text = known(args[i]?.value ?? "") ?? "";
    if (!text.startsWith("-")) names.push(text);
    else if (/^-\w*a$/.test(text)) list = known(args[++i]?.value ?? "") ?? "";
    else if (/^-\w*[dinNptu]$/.test(text)) i += 1;
  }
  const set = (name: string, fields: readonly string[], array = false): void => {
    shell.vars.set(name, { fields, array, exported: false });
  };
  const fields = lineFields(call);
  if (list !== undefined) return set(list, fields ?? [hole], true);
  const all = names.length === 0 ? ["REPLY"] : names;
  const last = all.length - 1;
  all.forEach((name, at) => {
    // The last variable takes what is left of the line.
    const value = at < last ? fields?.[at] : fields?.slice(last).join(" ");
    set(name, [fields === undefined ? hole : (value ?? "")]);
  });
}

/** The fields of the line that `read` takes; `undefined` where it cannot be known. In a loop only one line is sure. */
function lineFields({ stdin, env }: Call): readonly string[] | undefined {
  if (stdin.kind === "paths") return stdin.words.length === 1 ? stdin.words : undefined;
  if (stdin.kind !== "text") return undefined;
  const [line = "", ...others] = trimEnd(stdin.text, "\n").split("\n");
  if (others.length > 0) return undefined;
  const between = env.get("IFS") ?? " \t";
  if (between === "") return [line];
  let fields: readonly string[] = [line];
  for (const mark of between) fields = fields.flatMap((field) => field.split(mark));
  return between.trim() === "" ? fields.filter((field) => field !== "") : fields;
}

function setParameters(args: readonly Arg[], shell: Shell): void {
  const at = args.findIndex((arg) => arg.value === "--");
  if (at >= 0) shell.args = args.slice(at + 1).map((arg) => arg.value);
  else if (args[0] !== undefined && !/^[-+]/.test(args[0].value)) shell.args = args.map((arg) => arg.value);
}
