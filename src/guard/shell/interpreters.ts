import { readCode } from "./code-calls.ts";
import type { Family } from "./code-tokens.ts";
import type { Call } from "./command.ts";
import { addOpaqueBody } from "./fetched.ts";
import { isAbsent, lookUp, lookUpScript, runLooked } from "./lookup.ts";
import { has, readOptions } from "./options.ts";
import type { Options } from "./options.ts";
import { unescaped } from "./output.ts";
import { contentOf, hole, isKnown, touch, unknown } from "./shell.ts";
import type { Arg, Output, Shell } from "./shell.ts";

interface Language {
  readonly family: Family;
  /** Options whose value is code. */
  readonly code: readonly string[];
  /** Further short options with a value. */
  readonly short: string;
  /** A word before the code or the file, as in `deno eval`. */
  readonly words?: readonly string[];
}

const python: Language = { family: "python", code: ["c"], short: "cmWX" };
const node: Language = { family: "js", code: ["e", "p", "eval", "print"], short: "erC" };
const awk: Language = { family: "awk", code: [], short: "Ffv" };
const julia: Language = { family: "ruby", code: ["e", "E"], short: "eEL" };
const r: Language = { family: "r", code: ["e"], short: "e" };

const languages: Readonly<Record<string, Language>> = {
  python,
  python2: python,
  python3: python,
  pypy: python,
  pypy3: python,
  ipython: python,
  node,
  nodejs: node,
  tsx: node,
  "ts-node": node,
  bun: { family: "js", code: ["e", "eval", "print"], short: "e" },
  deno: { family: "js", code: [], short: "", words: ["eval", "run"] },
  perl: { family: "perl", code: ["e", "E"], short: "eEIMmF" },
  ruby: { family: "ruby", code: ["e"], short: "eIrC" },
  php: { family: "php", code: ["r"], short: "rdf" },
  lua: { family: "lua", code: ["e"], short: "el" },
  luajit: { family: "lua", code: ["e"], short: "el" },
  go: { family: "js", code: [], short: "", words: ["run"] },
  elixir: { family: "ruby", code: ["e"], short: "er" },
  iex: { family: "ruby", code: ["e"], short: "er" },
  groovy: { family: "ruby", code: ["e"], short: "e" },
  julia,
  Rscript: r,
  R: r,
  awk,
  gawk: awk,
  mawk: awk,
  nawk: awk,
};

const long = ["eval", "print", "require", "import", "loader", "input-type"];

/** One-line programs: what their code deletes, writes or starts, as far as plain calls with constant arguments show. */
export function runInterpreter(
  name: string,
  args: readonly Arg[],
  shell: Shell,
  call: Call,
): Output | undefined {
  if (name === "osascript" || name === "emacs") return runQuoting(name, args, shell);
  const base = name.replace(/^(python|ruby|perl|php|lua)[\d.]+$/, "$1");
  const language = Object.hasOwn(languages, base) ? languages[base] : undefined;
  if (language === undefined) return undefined;
  const { family } = language;
  const options = readOptions(args, { short: language.short, long, stops: true });
  const codes = language.code.flatMap((option) => options.values.get(option) ?? []);
  // `node -p code` and `node -pe code`: the code is what follows.
  const [first, ...others] = options.operands;
  if (family === "js" && codes.length === 0 && has(options, "p") && first !== undefined) codes.push(first);
  const second = others.find((arg) => !arg.value.startsWith("-"));
  const worded = language.words?.includes(first?.value ?? "") === true;
  if (worded && first?.value === "eval" && second !== undefined) codes.push(second);
  if (family === "awk") {
    const file = options.values.get("f")?.[0];
    const set = (options.values.get("v") ?? []).flatMap(({ value }) => {
      const [, variable, text = ""] = /^(\w+)=(.*)$/s.exec(value) ?? [];
      return variable === undefined ? [] : [`${variable} = ${JSON.stringify(text)}\n`];
    });
    if (first !== undefined && file === undefined)
      codes.push({ ...first, value: [...set, first.value].join("") });
    if (file !== undefined) codes.push(...contents(file, shell));
  }
  if ((base === "perl" || base === "ruby") && has(options, "i") && codes.length > 0)
    for (const arg of options.operands) touch(shell, arg, { kind: "write", by: base });
  if (base === "go" && !worded) return undefined;
  const script = worded ? second : first;
  if (script !== undefined && /^https?:\/\//.test(script.value)) {
    addOpaqueBody(shell.world, cannotBeKnown, script.span, { kind: "unknown", fetched: script.value });
    return unknown;
  }
  for (const loaded of preloaded(family, options)) readLookedUp(language, loaded, shell, call, base);
  const module = family === "python" ? options.values.get("m")?.[0] : undefined;
  if (module !== undefined && isKnown(module.value)) runModule(language, module, shell, call, base);
  const other = has(options, "m", "V", "version", "h", "help", "test", "check");
  if (codes.length === 0 && !other && family !== "awk") {
    const input = script === undefined || /^(-|\/dev\/stdin)$/.test(script.value);
    codes.push(...(input ? given(call, shell) : contents(script, shell)));
    if (!input && codes.length === 0) readLookedUp(language, script, shell, call, base);
    const { stdin } = call;
    if (input && stdin.kind === "unknown" && stdin.file !== undefined)
      readLookedUp(language, stdin.file, shell, call, base);
  }
  for (const code of codes) {
    if (code.value.trim() === hole) addOpaqueBody(shell.world, cannotBeKnown, code.span);
    else {
      readCode(family, code, shell, call, base);
      if (family === "awk") readAwk(code, shell);
    }
  }
  return unknown;
}

/** Files that Node.js loads before the program. */
function preloaded(family: Family, { values }: Options): readonly Arg[] {
  if (family !== "js") return [];
  return ["r", "require", "import"]
    .flatMap((name) => values.get(name) ?? [])
    .filter((arg) => /^\.{0,2}\//.test(arg.value));
}

/** `python -m scripts.x`: a file of the repository, where there is one; modules of others are not looked up. */
function runModule(language: Language, module: Arg, shell: Shell, call: Call, by: string): void {
  if (!module.value.includes(".") || !/^[\w.]+$/.test(module.value)) return;
  const value = `${module.value.replaceAll(".", "/")}.py`;
  readLookedUp(language, { ...module, value }, shell, call, by);
}

const cannotBeKnown = "the code that an interpreter runs cannot be known";

/** Without spaces and brackets around it. A pattern for both would try every way to share the spaces. */
function unwrapped(text: string): string {
  const plain = text.trim();
  return plain.slice(plain.startsWith("(") ? 1 : 0, plain.endsWith(")") ? -1 : undefined).trim();
}

/** Code on standard input. Only text from the network is said to be unknown: data goes this way every day. */
function given({ stdin, span }: Call, shell: Shell): readonly Arg[] {
  if (stdin.kind === "text") return [{ value: stdin.text, span }];
  if (stdin.kind === "unknown" && stdin.fetched !== undefined)
    addOpaqueBody(shell.world, cannotBeKnown, span, stdin);
  return [];
}

/** A program of the repository, as far as it was looked up. */
function readLookedUp({ family }: Language, script: Arg, shell: Shell, call: Call, by: string): void {
  const plain = lookUpScript(script.value, shell);
  const bare = family === "js" && plain === undefined && isAbsent(script.value, shell);
  const found = bare && !/\.\w+$/.test(script.value) ? lookUp(`${script.value}.js`, shell) : plain;
  if (found === undefined) return;
  runLooked(`${found.path}#code`, shell, (inner) => {
    readCode(family, { ...script, value: found.text }, inner, call, by);
  });
}

/** The text of a script, as far as this action wrote it. */
function contents(script: Arg, shell: Shell): readonly Arg[] {
  const content = contentOf(shell, script.value);
  if (content?.kind === "text") return [{ ...script, value: content.text }];
  if (content?.kind === "unknown" || script.value.startsWith("/dev/fd/"))
    addOpaqueBody(shell.world, cannotBeKnown, script.span, content);
  return [];
}

/** Languages whose only interest is that they can start a shell. */
function runQuoting(name: string, args: readonly Arg[], shell: Shell): Output {
  const options = readOptions(args, { short: "elf", long: ["eval", "execute", "load"] });
  for (const code of [...(options.values.get("e") ?? []), ...(options.values.get("eval") ?? [])])
    for (const match of code.value.matchAll(
      /(do shell script|shell-command(?:-to-string)?|delete-directory|delete-file)\s+\\?"((?:[^"\\]|\\.)*)"/g,
    )) {
      const [, verb = "", text = ""] = match;
      const at: Arg = { ...code, value: text };
      if (verb.startsWith("delete"))
        touch(shell, at, { kind: "delete", by: name, recursive: verb.endsWith("y") });
      else shell.world.runText(text, shell, at);
    }
  return unknown;
}

const callsAtMost = 50;

/** awk's own ways to write files and to start programs; its `system` is read with the other languages. */
function readAwk(code: Arg, shell: Shell): void {
  const each = (pattern: RegExp): readonly string[] =>
    [...code.value.matchAll(pattern).take(callsAtMost)].map((match) => match[1] ?? hole);
  for (const value of each(/>>?\s*"([^"]+)"/g))
    touch(shell, { ...code, value }, { kind: "write", by: "awk" });
  for (const pipe of code.value
    .matchAll(/\|\s*"\s*(?:\/(?:usr\/)?bin\/)?(?:ba|da|z|k)?sh\b[^"]*"/g)
    .take(callsAtMost)) {
    // From the pipe backwards: a pattern that begins at `print` would go to the end of the code for each of them.
    const statement =
      code.value
        .slice(0, pipe.index)
        .split(/[|;{}\n]/)
        .at(-1) ?? "";
    const printed = /\bprintf?\b(.*)/s.exec(statement)?.[1];
    if (printed === undefined) continue;
    const text = /^"((?:[^"\\]|\\.)*)"$/.exec(unwrapped(printed))?.[1];
    if (text === undefined)
      addOpaqueBody(shell.world, "the text that awk gives to a shell cannot be known", code.span);
    else shell.world.runText(unescaped(text), shell, code);
  }
  for (const text of each(/\|\s*"([^"]+)"/g))
    if (!/^\s*\S*sh\s*$/.test(text)) shell.world.runText(text, shell, code);
  for (const text of each(/"([^"]+)"\s*\|\s*getline/g)) shell.world.runText(text, shell, code);
}
