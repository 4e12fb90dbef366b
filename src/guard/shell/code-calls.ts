import { quote } from "./command.ts";
import type { Call } from "./command.ts";
import { readCalls } from "./code-reader.ts";
import type { CodeCall } from "./code-reader.ts";
import type { Value } from "./code-values.ts";
import type { Family } from "./code-tokens.ts";
import {
  addProblem,
  freshShell,
  hole,
  isKnown,
  lookup,
  putContent,
  target,
  touch,
  unknown,
} from "./shell.ts";
import type { Arg, Shell } from "./shell.ts";

// Longer programs are not one-liners; their first part is enough to see what they are about.
const codeAtMost = 20_000;
const callsAtMost = 100;

/** What code in a scripting language deletes, writes or starts, as far as its calls with constant arguments show. */
export function readCode(family: Family, code: Arg, shell: Shell, call: Call, by: string): void {
  const text = code.value.slice(0, codeAtMost);
  if (!shell.world.budget.take(4 + text.length / 4)) return;
  const { facts } = shell.world;
  const calls = readCalls(text, family, {
    home: facts.home ?? hole,
    cwd: shell.cwd ?? hole,
    temp: facts.tempDirs?.[0] ?? "/tmp",
    variable: (name) => call.env.get(name) ?? lookup(shell, name)?.fields[0] ?? hole,
  });
  const scene: CodeScene = { family, text, code, shell, call, by };
  for (const item of calls.slice(0, callsAtMost)) act(item, scene);
}

interface CodeScene {
  readonly family: Family;
  readonly text: string;
  readonly code: Arg;
  readonly shell: Shell;
  readonly call: Call;
  readonly by: string;
}

function act(item: CodeCall, scene: CodeScene): void {
  const { name, args } = item;
  const last = name.slice(name.lastIndexOf(".") + 1);
  const [first, second] = args;
  if (runsCode(item, last, scene)) return;
  if (name === "runpy.run_path" && first?.items[0] !== undefined && isKnown(first.items[0]))
    return shellText(`python3 ${quote(first.items[0])}`, scene);
  if (starts(name, last, scene)) return start(item, last, scene);
  // Groovy runs a text by a method of it.
  if (last === "execute" && args.length === 0 && item.receiver.name === undefined) {
    const [text] = item.receiver.items;
    if (text !== undefined && isKnown(text)) shellText(text, scene);
    return;
  }
  const removed = deletion(name, last, item, scene);
  if (removed !== undefined) {
    const { home } = scene.shell.world.facts;
    for (const path of removed.value.items) {
      // R expands the tilde; the others take it as it stands.
      const value = scene.family === "r" && home !== undefined ? path.replace(/^~(?=\/|$)/, home) : path;
      if (isKnown(value) || removed.recursive || !removed.method) remove(value, removed.recursive, scene);
    }
    return;
  }
  if (last === "open" && name !== "webbrowser.open") return opened(item, scene);
  if (wholeWriters.has(last)) return write(first, second, scene);
  if (methodWriters.has(last)) return write(item.receiver, first, scene);
  if (last === "write" && /^(File|IO)\.write$/.test(name)) return write(first, second, scene);
  if (last === "write" && /^(Bun)\.write$/.test(name)) return write(first, second, scene);
  if (last === "write" && item.receiver.name === undefined) return content(item.receiver, first, scene);
  if (movers.has(last) || /^os\.(rename|replace|renames)$/.test(name)) {
    if (first !== undefined && name !== "str.replace")
      for (const value of first.items) if (isKnown(value)) remove(value, true, scene);
    return write(second, undefined, scene);
  }
  if (copiers.has(last)) return write(second, undefined, scene);
  if (last === "finddepth" && second !== undefined && /\b(unlink|rmdir)\b/.test(scene.text))
    for (const path of args.flatMap((value) => value.items))
      if (path.startsWith("/")) remove(path, true, scene);
  if (/^(os|process|Process)\.kill$/.test(name) && first !== undefined && first.items[0] !== hole)
    return shellText(`kill -9 ${first.items[0] ?? ""}`, scene);
  if (last === "read" && args.length === 1 && first?.items[0]?.includes("/") === true)
    touchAll(first, "read", scene);
  if (readers.has(last)) touchAll(first, "read", scene);
  if (last === "read_text" || last === "read_bytes") touchAll(item.receiver, "read", scene);
}

const wholeWriters: ReadonlySet<string> = new Set(
  `writeFileSync writeFile appendFileSync appendFile createWriteStream truncateSync file_put_contents
  writeTextFileSync writeTextFile outputFileSync outputFile writeJsonSync binwrite`
    .trim()
    .split(/\s+/),
);

const methodWriters: ReadonlySet<string> = new Set(["write_text", "write_bytes", "touch"]);
const movers: ReadonlySet<string> = new Set(["renameSync", "moveSync", "move", "mv"]);
const copiers: ReadonlySet<string> = new Set(
  "copyFileSync copyFile copyfile copy copy2 copytree cp cpSync symlinkSync symlink link linkSync ln_s".split(
    " ",
  ),
);
const readers: ReadonlySet<string> = new Set(
  "readFileSync readFile createReadStream file_get_contents readfile readlines readlink".split(" "),
);

function touchAll(value: Value | undefined, kind: "read" | "write", { shell, code, by }: CodeScene): void {
  // A name that is computed in the code is the program's business, as in any script.
  for (const item of value?.items ?? [])
    if (isKnown(item) && item !== "" && item.length < 1000)
      touch(shell, { value: item, span: code.span }, { kind, by });
}

function remove(value: string, recursive: boolean, { shell, code, by }: CodeScene): void {
  touch(shell, { value, span: code.span }, { kind: "delete", by, recursive });
}

function write(path: Value | undefined, text: Value | undefined, scene: CodeScene): void {
  touchAll(path, "write", scene);
  content(path, text, scene);
}

/** What a file holds afterwards, should the same action run it. */
function content(path: Value | undefined, text: Value | undefined, { shell }: CodeScene): void {
  const [name] = path?.items ?? [];
  if (name === undefined || !isKnown(name) || path?.name !== undefined) return;
  const [only] = text?.items ?? [];
  putContent(shell, name, only === undefined ? unknown : { kind: "text", text: only });
}

function opened({ args, named, receiver, name }: CodeCall, scene: CodeScene): void {
  // Perl's `open(F, "|command")` starts a program.
  if (scene.family === "perl") {
    const [, mode, path] = args.map((value) => value.items[0] ?? hole);
    const text = path === undefined || mode === undefined ? (mode ?? "") : `${mode} ${path}`;
    const piped = /^\s*(?:\||-\|\s|\|-\s)\s*(.+)$/.exec(text)?.[1] ?? /^([^<>].*)\|\s*$/.exec(text)?.[1];
    if (piped !== undefined) return shellText(piped, scene);
    const file = /^\s*\+?>>?\s*(.+)$/.exec(text)?.[1];
    if (file !== undefined) touchAll({ items: [file], list: false }, "write", scene);
    return;
  }
  const method = receiver.name === undefined && name.includes("open") && args.length <= 1;
  const path = method ? receiver : args[0];
  const mode = (named.get("mode") ?? (method ? args[0] : args[1]))?.items[0] ?? "r";
  if (/^[rwaxbt+]{0,4}$/.test(mode) && /[wax+]/.test(mode)) {
    touchAll(path, "write", scene);
    content(path, undefined, scene);
  } else touchAll(path, "read", scene);
}

/** `exec`, `eval` and their like: code in the same language. */
function runsCode({ name, args }: CodeCall, last: string, scene: CodeScene): boolean {
  const python = scene.family === "python" && (name === "exec" || name === "eval");
  const other = scene.family !== "python" && (name === "eval" || name === "instance_eval");
  if (!python && !other) return false;
  const [text] = args[0]?.items ?? [];
  const file = python ? loaded.exec(scene.text)?.[2] : undefined;
  if (file !== undefined) shellText(`python3 ${quote(file)}`, scene);
  else if (text !== undefined && isKnown(text) && text !== "")
    readCode(scene.family, { ...scene.code, value: text }, scene.shell, scene.call, scene.by);
  else if (fetches.test(scene.text))
    addProblem(
      scene.shell.world,
      "opaque-body",
      `${last} runs code that is decoded or fetched`,
      scene.code.span,
    );
  return true;
}

/** `exec(open("file").read())`, with or without `compile` around it. */
const loaded = /\bexec\(\s*(?:compile\(\s*)?open\(\s*(["'])([\w./-]{1,200})\1\s*\)\.read\(/;

const fetches =
  /urlopen|requests\.get|urllib|http\.get|\bfetch\(|b64decode|a85decode|atob\(|fromhex|unhexlify|decompress|marshal|codecs|Net::HTTP|LWP|MIME::Base64|unpack/;

const shellStarts: ReadonlySet<string> = new Set(
  `system popen getoutput getstatusoutput create_subprocess_shell execSync shell_exec passthru proc_open capture2
  capture2e capture3 popen3 pipeline`
    .trim()
    .split(/\s+/),
);

// Those that hand one text to a shell, whatever it is.
const unseen: ReadonlySet<string> = new Set([
  "system",
  "getoutput",
  "getstatusoutput",
  "shell_exec",
  "passthru",
]);

const wordStarts: ReadonlySet<string> = new Set(
  `spawnSync spawn execFile execFileSync execv execve execvp execvpe execl execle execlp spawnl spawnlp spawnv spawnvp
  create_subprocess_exec posix_spawn execa execaSync execaCommand execaCommandSync Command`
    .trim()
    .split(/\s+/),
);

/** Whether a call starts a program. Common words count only where the text names the module that they come from. */
function starts(name: string, last: string, { family, text }: CodeScene): boolean {
  if (name === "`" || shellStarts.has(last)) return true;
  if (wordStarts.has(last)) return family !== "js" || /child_process|execa|Deno|Bun|os\/exec|\$/.test(text);
  if (/^(run|call|check_call|check_output|Popen)$/.test(last))
    return family === "python" && text.includes("subprocess");
  if (/^(exec|fork)$/.test(last))
    return family === "js" ? text.includes("child_process") || text.includes("shelljs") : family !== "python";
  return last === "execute" ? family === "lua" : last === "cmd" && name === "System.cmd";
}

function start({ name, args, named }: CodeCall, last: string, scene: CodeScene): void {
  const folder = named.get("cwd")?.items[0];
  const inner: CodeScene =
    folder === undefined
      ? scene
      : { ...scene, shell: { ...scene.shell, cwd: target(scene.shell, folder).path } };
  const given = named.get("args");
  const [first = given ?? named.get("cmd"), second] = args;
  if (first === undefined) return;
  const rest = second?.list === true ? second : given;
  if (first.list) return shellText(first.items.map((item) => quote(item)).join(" "), inner);
  if (rest !== undefined && rest !== first)
    return shellText(
      // `execvp(file, argv)` repeats the name of the program as the first of its words.
      (/^(exec|spawn)v/.test(last) ? rest.items : [...first.items, ...rest.items])
        .map((item) => quote(item))
        .join(" "),
      inner,
    );
  if (/^(exec|spawn)l/.test(last)) {
    const words = args.flatMap((value) => (value.name === undefined ? value.items : []));
    return shellText([...words.slice(0, 1), ...words.slice(2)].map((item) => quote(item)).join(" "), inner);
  }
  const several = args.filter((value) => !value.list && value.name === undefined);
  const joins =
    name !== "`" &&
    several.length > 1 &&
    (scene.family === "perl" || scene.family === "ruby" || wordStarts.has(last) || name === "run");
  if (joins)
    return shellText(
      several
        .flatMap((value) => value.items)
        .map((item) => quote(item))
        .join(" "),
      inner,
    );
  const [text] = first.items;
  if (text !== undefined && text !== hole) shellText(text, inner);
  else if (unseen.has(last))
    addProblem(
      scene.shell.world,
      "opaque-body",
      `the text that ${last} gives to a shell cannot be known`,
      scene.code.span,
    );
}

function shellText(text: string, { shell, call, code }: CodeScene): void {
  shell.world.runText(
    text,
    { ...freshShell(shell, call.env, []), depth: shell.depth + 1 },
    { ...code, value: text },
  );
}

interface Deletion {
  readonly value: Value;
  readonly recursive: boolean;
  /** Whether it is a method of the path itself, whose value is often not known. */
  readonly method: boolean;
}

function deletion(name: string, last: string, item: CodeCall, { family }: CodeScene): Deletion | undefined {
  const { receiver, args, named } = item;
  const [first] = args;
  const flagged = named.get("recursive")?.name !== "false" && named.has("recursive");
  if (trees.has(last)) {
    if (last === "rmSync" || last === "rmdirSync" || last === "removeSync" || last === "rm")
      return first === undefined
        ? undefined
        : { value: first, recursive: last === "removeSync" || flagged, method: !flagged };
    return first === undefined ? undefined : { value: first, recursive: true, method: false };
  }
  const qualified = /^(os|fs|fsp|fse|Deno|File|FileUtils|Dir|fs\.promises|promises)\./.test(name);
  if (last === "remove" || last === "delete" || last === "removeSync")
    return qualified && first !== undefined
      ? { value: first, recursive: /^(Deno|fse?)\./.test(name) && flagged, method: false }
      : undefined;
  if (!/^(unlink|unlinkSync|rmdir|removedirs|rm_f|deleteSync)$/.test(last)) return undefined;
  if (first !== undefined && !(family === "python" && receiver.name === undefined))
    return { value: first, recursive: last === "removedirs" || flagged, method: !qualified };
  return receiver.name === undefined ? { value: receiver, recursive: false, method: true } : undefined;
}

const trees: ReadonlySet<string> = new Set(
  `rmtree rmSync rmdirSync removeSync rm rm_rf rm_r remove_dir remove_entry remove_entry_secure remove_tree rimraf
  rimrafSync emptyDirSync emptyDir RemoveAll`
    .trim()
    .split(/\s+/),
);
