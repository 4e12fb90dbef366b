import { runCommand } from "./command.ts";
import type { Call } from "./command.ts";
import { fdSelection, narrowed } from "./selection.ts";
import { glob, hole, none, touch } from "./shell.ts";
import type { Arg, Output, Shell } from "./shell.ts";
import { note } from "./wrapper-note.ts";

const findActions = /^-(exec|execdir|ok|okdir)$/;

/** `find`: what it matches is what `-delete` and `-exec` act on. */
export function runFind(args: readonly Arg[], shell: Shell, call: Call): Output {
  note("find", args, shell, call);
  let i = 0;
  while (/^-([HLPD]|O\d?)$/.test(args[i]?.value ?? "")) i += args[i]?.value === "-D" ? 2 : 1;
  const roots: Arg[] = [];
  for (; i < args.length; i++) {
    const arg = args[i];
    if (arg === undefined || /^[-(!),]/.test(arg.value)) break;
    roots.push(arg);
  }
  const expression = args.slice(i);
  const from = roots.length === 0 ? [{ value: ".", span: call.span }] : roots;
  // Of alternatives, an action belongs to the one that it stands in.
  const found = (index: number): readonly string[] => {
    const or = expression.slice(0, index).findLastIndex((arg) => /^-or?$/.test(arg.value));
    return from.map((root) => matched(root.value, expression.slice(or + 1)));
  };
  const printed = from.map((root) => matched(root.value, expression));
  for (let index = 0; index < expression.length; index++) {
    const arg = expression[index];
    if (arg === undefined || !/^-(delete|f|exec|ok)/.test(arg.value)) continue;
    // Each action looks at the whole expression.
    if (!shell.world.budget.take(expression.length / 4)) break;
    const words = found(index);
    const next = expression[index + 1];
    if (arg.value === "-delete")
      for (const value of words)
        touch(shell, { value, span: call.span }, { kind: "delete", by: "find", recursive: true });
    if (/^-(fprint|fprintf|fls|fprint0)$/.test(arg.value) && next !== undefined)
      touch(shell, next, { kind: "write", by: "find" });
    if (!findActions.test(arg.value)) continue;
    const end = expression.findIndex((item, at) => at > index && (item.value === ";" || item.value === "+"));
    const command = expression.slice(index + 1, end < 0 ? undefined : end);
    // What is handed over is not the root alone but everything in it.
    const all = !expression.some(
      (item, at) => item.value === "-maxdepth" && expression[at + 1]?.value === "0",
    );
    for (const [n, root] of words.slice(0, 8).entries()) {
      const word = all && root === (roots[n]?.value ?? ".") ? `${root.replace(/\/$/, "")}/${glob}**` : root;
      runCommand(
        command.map((item) => ({ ...item, value: item.value.replaceAll("{}", () => word) })),
        shell,
        { ...call, stdin: none },
      );
    }
    // What stands in the command is its own, also where nothing ends it.
    index = end < 0 ? expression.length : end;
  }
  return { kind: "paths", words: printed };
}

/** What `find` selects below a root. Without a test that narrows it, that is the root itself. */
function matched(root: string, expression: readonly Arg[]): string {
  const name = expression.findIndex((arg) => /^-i?(name|path|wholename)$/.test(arg.value));
  const turned = expression
    .slice(0, Math.max(name, 0))
    .some((arg) => arg.value === "!" || arg.value === "-not");
  const folder = root.replace(/\/$/, "") || "/";
  if (name >= 0 && !turned) {
    const pattern = expression[name + 1]?.value ?? hole;
    if (!/^(\.?\/?\*+|\*\.\*)$/.test(pattern)) {
      const last = pattern.slice(pattern.lastIndexOf("/") + 1) || "*";
      const shown = /^[*]+$/.test(last) ? "[listed]" : last;
      const marked = /[*?[]/.test(shown) ? `${glob}${shown}` : shown;
      return `${folder}/${glob}**/${pattern.includes(".git/") ? ".git/" : ""}${marked}`;
    }
  }
  const narrows = expression.some(
    (arg, at) =>
      /^-(mtime|mmin|atime|ctime|newer.*|size|empty|regex|iregex|user|perm|samefile|inum|links|lname)$/.test(
        arg.value,
      ) && !/^(\.\*|\.\+)$/.test(expression[at + 1]?.value ?? ""),
  );
  return narrows && !turned ? `${folder}/${glob}**/${glob}[listed]` : root;
}

/** `fd`: with `-x` or `-X` it starts a command for what it finds. Gives nothing where it only prints. */
export function runFd(args: readonly Arg[], shell: Shell, call: Call): Output | undefined {
  const at = args.findIndex((arg) => /^(-[xX]|--exec|--exec-batch)$/.test(arg.value));
  if (at < 0) return undefined;
  note("fd", args, shell, call);
  const { roots, pattern, narrows } = fdSelection(args.slice(0, at));
  const open = (roots.length === 0 ? [{ value: ".", span: call.span }] : roots).map(
    (root) => `${root.value.replace(/\/$/, "")}/${glob}**`,
  );
  const words =
    pattern === undefined
      ? open.map((word) => (narrows ? `${word}/${glob}[listed]` : word))
      : narrowed(open, pattern);
  const command = args.slice(at + 1);
  for (const word of words.slice(0, 8)) {
    const filled = command.map((arg) => ({ ...arg, value: arg.value.replaceAll(/\{[./]*\}/g, () => word) }));
    const named = command.some((arg) => /\{[./]*\}/.test(arg.value));
    runCommand(named ? filled : [...filled, { value: word, span: call.span }], shell, {
      ...call,
      stdin: none,
    });
  }
  return { kind: "paths", words };
}
