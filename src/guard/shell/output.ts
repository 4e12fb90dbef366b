import { trimEnd } from "../../core/trim-end.ts";
import { resolvePath, within } from "../paths.ts";
import { fdSelection, namePattern, narrowed, searchedNames, searchedRoots } from "./selection.ts";
import { contentOf, glob, hole, joinedText, known, none, target, unknown } from "./shell.ts";
import type { Arg, Output, Shell } from "./shell.ts";

/** What `echo`, `printf`, `pwd` and their like print. */
export function printed(name: string, args: readonly Arg[], shell: Shell, stdin: Output): Output {
  switch (name) {
    case "echo":
      return echoed(args.map((arg) => arg.value));
    case "printf":
      return formatted(args.map((arg) => arg.value));
    case "pwd":
      return shell.cwd === undefined ? unknown : { kind: "text", text: shell.cwd };
    default:
      return filtered(name, args, shell, stdin);
  }
}

function echoed(args: readonly string[]): Output {
  let at = 0;
  let escapes = false;
  while (/^-[neE]+$/.test(args[at] ?? "")) {
    if (args[at]?.includes("e") === true) escapes = true;
    at += 1;
  }
  const text = args.slice(at).join(" ");
  return { kind: "text", text: `${escapes ? unescaped(text) : text}\n` };
}

function formatted(args: readonly string[]): Output {
  const [format, ...values] = args[0] === "--" ? args.slice(1) : args;
  if (format === undefined || format.startsWith("-")) return unknown;
  if (/%(?![sb%])/.test(format)) return unknown;
  const template = unescaped(format);
  const holes = template.match(/%[sb%]/g)?.filter((mark) => mark !== "%%").length ?? 0;
  if (holes === 0) return { kind: "text", text: template.replaceAll("%%", "%") };
  // The format is used again for the rest of the values.
  if (template.length * Math.ceil(values.length / holes) > printedAtMost) return unknown;
  let text = "";
  let next = 0;
  do {
    text += template.replace(/%([sb%])/g, (_, letter: string) => {
      if (letter === "%") return "%";
      const value = values[next++] ?? "";
      return letter === "b" ? unescaped(value) : value;
    });
  } while (next < values.length);
  return { kind: "text", text };
}

const printedAtMost = 100_000;

const letters: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\\": "\\", e: "\u001B" };

/** Text with backslash escapes taken out, as `$'…'` and `echo -e` do. */
export function unescaped(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{1,2})|0?([0-7]{1,3})|(.))/g,
    (whole: string, hex: string | undefined, octal: string | undefined, letter: string | undefined) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      return letters[letter ?? ""] ?? whole;
    },
  );
}

/** Programs that print names of files or pass their input on. Others print what cannot be known. */
export function filtered(name: string, args: readonly Arg[], shell: Shell, stdin: Output): Output {
  const operands = args.filter((arg) => !arg.value.startsWith("-"));
  switch (name) {
    case "cat":
    case "tee":
      if (operands.length === 0 || name === "tee") return stdin;
      return concatenated(operands, shell);
    case "tr":
    case "rev":
    case "xxd":
      if (stdin.kind === "text") return transformed(name, args, stdin.text);
      return stdin.kind === "paths" && name === "tr" ? stdin : unknown;
    case "sort":
    case "uniq":
    case "tac":
    case "shuf":
      return stdin.kind === "paths" ? stdin : unknown;
    case "head":
    case "tail":
      return stdin.kind === "paths" ? fewer(stdin.words) : unknown;
    case "grep":
    case "egrep":
    case "fgrep":
    case "rg":
    case "ag": {
      if (stdin.kind === "paths") {
        const turned = args.some((arg) => /^(-\w*v\w*|--invert-match)$/.test(arg.value));
        const words = turned ? stdin.words : narrowed(stdin.words, namePattern(operands[0]?.value));
        return fewer(words);
      }
      const names = args.some((arg) => /^(-[a-zA-Z]*[lL][a-zA-Z]*|--files.*|--name-only)$/.test(arg.value));
      if (!names) return unknown;
      return listed(searchedRoots(name, args), shell, searchedNames(args));
    }
    case "ls": {
      const all = operands.length === 0 ? [{ value: ".", span: { start: 0, end: 0 } }] : operands;
      return { kind: "paths", words: all.map((arg) => entries(arg.value)) };
    }
    case "fd":
    case "fdfind": {
      const { roots, pattern } = fdSelection(args);
      return listed(roots, shell, pattern);
    }
    case "base64":
      return decoded(args, stdin);
    case "mktemp": {
      const folder = shell.world.facts.tempDirs?.[0] ?? "/tmp";
      const template = operands.at(-1)?.value;
      const rooted =
        template !== undefined &&
        (template.includes("/") || !args.some((arg) => /^-\w*t|^-p|^--tmp/.test(arg.value)));
      if (rooted && template !== undefined) return { kind: "text", text: template.replace(/X{3,}/, "made") };
      shell.world.processes += 1;
      return { kind: "text", text: `${folder}/tmp.made${shell.world.processes}` };
    }
    case "dirname":
    case "basename": {
      const text = known(operands[0]?.value ?? "");
      if (text === undefined || text === "") return unknown;
      const cut = trimEnd(text, "/").lastIndexOf("/");
      if (name === "basename") return { kind: "text", text: text.slice(cut + 1) };
      return { kind: "text", text: cut < 0 ? "." : text.slice(0, cut) || "/" };
    }
    case "realpath":
    case "readlink": {
      const text = known(operands[0]?.value ?? "");
      const path = text === undefined || text === "" ? undefined : resolvePath(text, shell.cwd);
      return path === undefined ? unknown : { kind: "text", text: path };
    }
    case "which":
      return operands[0] === undefined ? unknown : { kind: "text", text: `/usr/bin/${operands[0].value}` };
    case "pgrep":
    case "pidof":
      return operands[0] === undefined ? unknown : { kind: "text", text: operands[0].value };
    case "ssh-agent":
    case "pyenv":
    case "rbenv":
    case "nodenv":
    case "fnm":
    case "direnv":
    case "brew":
    case "opam":
    case "starship":
    case "conda":
    case "mise":
    case "minikube":
    case "luarocks":
    case "jenv":
    case "goenv":
    case "asdf":
    case "zoxide":
    case "dircolors":
    case "atuin":
    case "docker-machine":
    case "register-python-argcomplete":
      // They print settings for the shell, to be given to `eval`.
      return none;
    default:
      return unknown;
  }
}

function concatenated(files: readonly Arg[], shell: Shell): Output {
  const [first] = files;
  const path = first === undefined || files.length > 1 ? undefined : target(shell, first.value).path;
  const contents = files.map((file) => contentOf(shell, file.value));
  const texts = contents.flatMap((content) => (content?.kind === "text" ? [content.text] : []));
  if (texts.length === files.length) return joinedText(texts);
  const content = contents.find((item) => item?.kind === "unknown");
  if (content !== undefined) return content;
  return first === undefined || path === undefined
    ? unknown
    : { kind: "unknown", file: { ...first, value: path } };
}

function entries(value: string): string {
  return /[*?[]/.test(value) ? value : `${value.replace(/\/$/, "")}/${glob}*`;
}

/** Some files below the given folders. The made-up name stands for them: it matches no rule's own names. */
export function listed(roots: readonly Arg[], shell: Shell, pattern?: string): Output {
  const places = roots.length === 0 ? ["."] : roots.map((arg) => arg.value);
  const { worktree } = shell.world.facts;
  const here = shell.cwd !== undefined && worktree !== undefined && within(shell.cwd, worktree);
  const words = places.map((place) => `${place.replace(/\/$/, "") || "/"}/${glob}**/${glob}[listed]`);
  return here || roots.length > 0 ? { kind: "paths", words: narrowed(words, pattern) } : unknown;
}

/** All files below a folder, as `git ls-files` names them. */
export function everything(folder: string): Output {
  return { kind: "paths", words: [`${folder}/${glob}**`] };
}

/** Some of the files: what meant everything in a folder now means something in it. */
function fewer(words: readonly string[]): Output {
  const all = `/${glob}**`;
  return {
    kind: "paths",
    words: words.map((word) => (word.endsWith(all) ? `${word}/${glob}[listed]` : word)),
  };
}

function decoded(args: readonly Arg[], stdin: Output): Output {
  const decodes = args.some((arg) => /^(-\w*[dD]\w*|--decode)$/.test(arg.value));
  const input = stdin.kind === "text" ? known(stdin.text) : undefined;
  const text = input?.replace(/[\s=]+/g, "");
  // One character over a multiple of four is no base64, and `atob` throws for it.
  if (!decodes || text === undefined || !/^[A-Za-z0-9+/]+$/.test(text) || text.length % 4 === 1)
    return unknown;
  return { kind: "text", text: atob(text) };
}

/** `tr`, `rev` and `xxd -r -p` on known text: the ways in which a command is hidden by hand. */
function transformed(name: string, args: readonly Arg[], text: string): Output {
  if (!text.includes(hole)) {
    if (name === "rev")
      return {
        kind: "text",
        text: text
          .split("\n")
          .map((line) => [...line].toReversed().join(""))
          .join("\n"),
      };
    const words = args.map((arg) => known(arg.value) ?? "");
    const flags = words.filter((word) => word.startsWith("-")).join("");
    const digits = text.replace(/\s+/g, "");
    if (name === "xxd" && flags.includes("r") && flags.includes("p") && /^([0-9a-fA-F]{2})*$/.test(digits))
      return {
        kind: "text",
        text: digits.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16))),
      };
    const [from = "", to = ""] = words.filter((word) => !word.startsWith("-")).map(letterSet);
    if (name === "tr" && flags === "-d")
      return { kind: "text", text: [...text].filter((char) => !from.includes(char)).join("") };
    if (name === "tr" && flags === "" && to !== "")
      return {
        kind: "text",
        text: [...text]
          .map((char) => (from.includes(char) ? (to[from.indexOf(char)] ?? to.at(-1) ?? "") : char))
          .join(""),
      };
  }
  return unknown;
}

/** The letters of a set for `tr`, with ranges and classes written out. */
function letterSet(set: string): string {
  const plain = unescaped(set)
    .replaceAll("[:lower:]", "a-z")
    .replaceAll("[:upper:]", "A-Z")
    .replaceAll("[:digit:]", "0-9")
    .replaceAll("[:space:]", " \t\n");
  return plain.replace(/([ -~])-([ -~])/g, (whole: string, first: string, last: string) => {
    const count = last.charCodeAt(0) - first.charCodeAt(0) + 1;
    return count < 1 || count > 100
      ? whole
      : Array.from({ length: count }, (_, n) => String.fromCharCode(first.charCodeAt(0) + n)).join("");
  });
}
