import type { Call } from "./command.ts";
import { has, readOptions } from "./options.ts";
import type { Options } from "./options.ts";
import { addOpaqueBody, fetchedWithin } from "./fetched.ts";
import { addEffect, contentOf, freshShell, hole, touch, unknown } from "./shell.ts";
import type { Arg, Output, Shell } from "./shell.ts";

interface Language {
  /** Options whose value is code. */
  readonly code: readonly string[];
  /** Further short options with a value. */
  readonly short: string;
}

const python: Language = { code: ["c"], short: "cmWX" };
const node: Language = { code: ["e", "p", "eval", "print"], short: "eprC" };

const languages: Readonly<Record<string, Language>> = {
  python,
  python2: python,
  python3: python,
  pypy3: python,
  node,
  nodejs: node,
  bun: { code: ["e", "eval"], short: "e" },
  deno: { code: [], short: "" },
  perl: { code: ["e", "E"], short: "eEIMmF" },
  ruby: { code: ["e"], short: "eIrC" },
  php: { code: ["r"], short: "rdf" },
  lua: { code: ["e"], short: "el" },
  osascript: { code: ["e"], short: "e" },
  awk: { code: [], short: "Ffv" },
  gawk: { code: [], short: "Ffv" },
  mawk: { code: [], short: "Ffv" },
};

/** One-line programs: what their code deletes, writes or starts, as far as plain calls with literal arguments show. */
export function runInterpreter(
  name: string,
  args: readonly Arg[],
  shell: Shell,
  call: Call,
): Output | undefined {
  const base = name.replace(/^(python|ruby|perl|php|lua)[\d.]+$/, "$1");
  const language = Object.hasOwn(languages, base) ? languages[base] : undefined;
  if (language === undefined) return undefined;
  const options = readOptions(args, {
    short: language.short,
    long: ["eval", "print", "require", "import", "loader"],
    stops: true,
  });
  const codes = language.code.flatMap((option) => options.values.get(option) ?? []);
  const [first] = options.operands;
  if (/^(g|m)?awk$/.test(base) && first !== undefined && !options.values.has("f")) codes.push(first);
  if (base === "deno" && first?.value === "eval" && options.operands[1] !== undefined)
    codes.push(options.operands[1]);
  // `node -pe` and `perl -lane`: the letter for code at the end of a cluster.
  if ((base === "perl" || base === "ruby") && has(options, "i") && codes.length > 0)
    for (const arg of options.operands) touch(shell, arg, { kind: "write", by: base });
  if (codes.length === 0 && (first === undefined || first.value === "-") && call.stdin.kind === "text")
    codes.push({ value: call.stdin.text, span: call.span });
  if (codes.length === 0 && first !== undefined) {
    const content = contentOf(shell, first.value);
    if (content?.kind === "text") codes.push({ ...first, value: content.text });
  }
  unknownCode(options, codes, shell, call);
  for (const code of codes) readCode(base, code, shell, call);
  return unknown;
}

/** Code that comes from the network. */
function unknownCode(options: Options, codes: readonly Arg[], shell: Shell, call: Call): void {
  const says = "the code that an interpreter runs cannot be known";
  for (const code of codes)
    if (code.value.trim() === hole && fetchedWithin(shell.world, code.span) !== undefined)
      addOpaqueBody(shell.world, says, code.span);
  if (codes.length > 0 || has(options, "m", "V", "version", "h", "help", "test", "check")) return;
  const [first] = options.operands;
  const code = first === undefined || first.value === "-" ? call.stdin : contentOf(shell, first.value);
  if (code?.kind === "unknown" && code.fetched !== undefined)
    addOpaqueBody(shell.world, says, first?.span ?? call.span, code);
}

// Calls that start a program through a shell or by its words, in the languages above.
const starts =
  /\b(?:os\.system|os\.popen|subprocess\.(?:run|call|check_call|check_output|Popen|getoutput)|execSync|execFileSync|spawnSync|exec|spawn|execFile|system|shell_exec|passthru|popen|os\.execute|io\.popen|do shell script|Deno\.Command|Bun\.spawn(?:Sync)?)\s*\(?\s*(\[[^\]]*\]|(?:[rbf]?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)))?(?:\s*,\s*(\[[^\]]*\]))?/g;

// Calls that delete a tree or a file.
const deletes =
  /\b(shutil\.rmtree|rmtree|(?:fs\w*\.|fsp\.|promises\.)?(?:rmSync|rmdirSync|unlinkSync|rm|rmdir|unlink)|os\.(?:remove|unlink|rmdir|removedirs)|FileUtils\.(?:rm_rf|rm_r|rm|remove_dir|remove_entry)|Deno\.remove(?:Sync)?|File\.delete|remove_tree|unlink)\s*\(?\s*((?:[rbf]?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`))|[\w.$@]+)?/g;

// Calls that write a file: the name is their first argument, or stands before them in a path object.
const writesTo =
  /(?:\bopen\s*\(\s*(["'][^"']*["']|[\w.]+)\s*,\s*(?:mode\s*=\s*)?["'][^"']*[wax+][^"']*["']|\b(?:writeFileSync|writeFile|appendFileSync|appendFile|createWriteStream|truncateSync|file_put_contents|File\.write|Deno\.writeTextFileSync|Deno\.writeTextFile|Bun\.write|os\.truncate)\s*\(\s*(["'`][^"'`]*["'`]|[\w.]+)|\bPath\s*\(\s*(["'][^"']*["']|[\w.]+)\s*\)\s*\.\s*(?:write_text|write_bytes|touch|unlink)|\b(?:copyFileSync|renameSync|copyFile|rename|symlinkSync|shutil\.(?:copy|copy2|copyfile|copytree|move)|os\.(?:rename|replace|symlink))\s*\(\s*[^,()]+,\s*(["'`][^"'`]*["'`]))/g;

// Calls that read a file named by a literal.
const readsFrom =
  /\b(?:open|readFileSync|readFile|createReadStream|File\.read|IO\.read|file_get_contents|readfile|Path)\s*\(\s*(["'`][^"'`]*["'`])/g;

// Longer programs are not one-liners; their first part is enough to see what they are about.
const codeAtMost = 20_000;
const callsAtMost = 50;

function readCode(language: string, code: Arg, shell: Shell, call: Call): void {
  const text = code.value.slice(0, codeAtMost);
  if (!shell.world.budget.take(4 + text.length / 8)) return;
  const at = (value: string): Arg => ({ value, span: code.span });
  for (const match of firstOf(text, starts)) startProgram(match, at, shell, call);
  for (const match of firstOf(text, deletes)) {
    const [, verb = "", argument] = match;
    // `rm` and `unlink` alone are also ordinary words; a call with a literal is meant.
    const bare = /^(rm|rmdir|unlink)$/.test(verb);
    if (bare && (argument === undefined || !/["'`]/.test(argument))) continue;
    const recursive = /tree|rm_r|rmSync|^fs.*rm$|removedirs|remove_dir|remove_entry|Deno/.test(verb);
    touch(shell, at(literal(argument, text)), { kind: "delete", by: language, recursive });
  }
  for (const match of firstOf(text, writesTo)) {
    const argument = match.slice(1).find((part) => part !== undefined);
    const value = literal(argument, text);
    // A name that is computed in the code is the program's business, as in any script.
    if (value !== hole) touch(shell, at(value), { kind: "write", by: language });
  }
  for (const match of firstOf(text, readsFrom))
    touch(shell, at(literal(match[1], text)), { kind: "read", by: language });
  if (language.endsWith("awk")) readAwk(text, at, shell);
  if (language === "perl" || language === "ruby" || language === "php")
    for (const match of firstOf(text, /`([^`]+)`|%x\{([^}]*)\}|\bqx\{([^}]*)\}/g))
      shell.world.runText(match[1] ?? match[2] ?? match[3] ?? "", freshShell(shell, call.env, []), at(text));
}

function firstOf(text: string, pattern: RegExp): readonly RegExpExecArray[] {
  return [...text.matchAll(pattern).take(callsAtMost)];
}

function startProgram(match: RegExpExecArray, at: (value: string) => Arg, shell: Shell, call: Call): void {
  const [, first, list] = match;
  if (first === undefined) return;
  const inner = freshShell(shell, call.env, []);
  if (first.startsWith("[")) {
    const line = words(first).map(quoteWord).join(" ");
    if (line !== "") shell.world.runText(line, inner, at(line));
    return;
  }
  const [command = ""] = words(first);
  const rest = list === undefined ? [] : words(list);
  const line = rest.length === 0 ? command : [command, ...rest].map(quoteWord).join(" ");
  if (line !== "") shell.world.runText(line, inner, at(line));
}

/** The string literals in a list of arguments. */
function words(text: string): readonly string[] {
  return [...text.matchAll(/(["'`])((?:\\.|(?!\1).)*)\1/g)].map((item) => item[2] ?? "");
}

function quoteWord(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** The text of a string literal, or of a variable that is set to one in the same code. */
function literal(argument: string | undefined, code: string): string {
  if (argument === undefined) return hole;
  const text = /^[rbf]?(["'`])(.*)\1$/s.exec(argument)?.[2];
  if (text !== undefined)
    return text.includes("${") || (argument.startsWith("f") && text.includes("{"))
      ? text.replace(/\$?\{.*$/s, hole)
      : text;
  const name = argument.replace(/[$@]/g, "");
  if (!/^\w+$/.test(name)) return hole;
  const set = new RegExp(`\\b${name}\\s*=\\s*(?:Path\\()?(["'\`])([^"'\`]*)\\1`).exec(code)?.[2];
  return set ?? hole;
}

function readAwk(text: string, at: (value: string) => Arg, shell: Shell): void {
  for (const match of firstOf(text, />>?\s*"([^"]+)"/g))
    touch(shell, at(match[1] ?? hole), { kind: "write", by: "awk" });
  for (const match of firstOf(text, /\|\s*"([^"]+)"/g)) shell.world.runText(match[1] ?? "", shell, at(text));
  for (const match of firstOf(text, /"([^"]+)"\s*\|\s*getline/g))
    shell.world.runText(match[1] ?? "", shell, at(text));
  for (const match of firstOf(text, /\bsystem\s*\(\s*([^")]+)/g))
    if ((match[1] ?? "").trim() !== "")
      addEffect(shell.world, { kind: "opaque", what: "awk system call", span: at(text).span });
}
