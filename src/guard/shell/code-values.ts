import { glob, hole } from "./shell.ts";

/** What an expression may be: one text, or the items of a list. Texts may hold the marks of `shell.ts`. */
export interface Value {
  readonly items: readonly string[];
  readonly list: boolean;
  /** The dotted name, where the expression is one that is not called. */
  readonly name?: string;
}

/** What code may ask of the machine that runs it. */
export interface CodeWorld {
  readonly home: string;
  readonly cwd: string;
  readonly temp: string;
  variable(name: string): string;
}

export const unknownValue: Value = { items: [hole], list: false };

export function textValue(text: string): Value {
  return { items: [text], list: false };
}

export const itemsAtMost = 24;

/** Names that imports give to something else: `as`, and renaming destructuring. */
export function importedNames(code: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const pairs = (list: string, between: RegExp): void => {
    for (const item of list.split(",")) {
      const [name = "", as] = item.trim().split(between);
      if (as !== undefined) found.set(as.trim(), name.trim());
    }
  };
  for (const match of code.matchAll(/\bimport\s+([\w.]+)\s+as\s+(\w+)/g))
    found.set(match[2] ?? "", match[1] ?? "");
  for (const match of code.matchAll(/\bfrom\s+[\w.]+\s+import\s+\(?([^\n;)]{1,300})/g))
    pairs(match[1] ?? "", /\s+as\s+/);
  for (const match of code.matchAll(/\bimport\s*\{([^{}]{1,300})\}\s*from/g))
    pairs(match[1] ?? "", /\s+as\s+/);
  for (const match of code.matchAll(/\{([^{}]{1,300})\}\s*=\s*(?:await\s+)?(?:require|import)\b/g))
    pairs(match[1] ?? "", /\s*:\s*/);
  return found;
}

/** Every item of one with the first item of the other. */
export function both(left: Value, right: Value, between: string): Value {
  const end = right.items[0] ?? "";
  return left.items.length > 1 || right.items.length <= 1
    ? { items: left.items.map((item) => bounded(`${item}${between}${end}`)), list: false }
    : { items: right.items.map((item) => bounded(`${left.items[0] ?? ""}${between}${item}`)), list: false };
}

// A text that is doubled again and again soon fills the memory.
const textAtMost = 20_000;

function bounded(text: string): string {
  return text.length > textAtMost ? hole : text;
}

/** Joined as `os.path.join` does: an absolute part begins anew. */
export function joinPaths(parts: readonly Value[]): Value {
  const [first = textValue(""), ...others] = parts;
  return others.reduce((path, part) => {
    const absolute = part.items.every((item) => item.startsWith("/"));
    return absolute ? part : both(path, part, "/");
  }, first);
}

/** The files that a pattern matches. */
export function pattern(value: Value): Value {
  return { items: value.items.map((item) => item.replace(/[*?[]/g, (mark) => `${glob}${mark}`)), list: true };
}

/** Attributes whose value is known without a call. */
export function property(name: string, world: CodeWorld): string | undefined {
  const variable = /(?:^|\.)process\.env\.(\w+)$/.exec(name)?.[1];
  if (variable !== undefined) return world.variable(variable);
  // The interpreter that runs the code, whatever it is called.
  if (/^sys\.executable$/.test(name)) return "python3";
  if (/(?:^|\.)process\.(execPath|argv0)$/.test(name)) return "node";
  if (/^Dir\.home$/.test(name)) return world.home;
  return /^Dir\.pwd$/.test(name) ? world.cwd : undefined;
}

/** What a call gives, for the functions that make paths and texts of others. */
export function valueOfCall(
  name: string,
  last: string,
  receiver: Value,
  args: readonly Value[],
  world: CodeWorld,
): Value {
  const [first = unknownValue] = args;
  const self = receiver.name === undefined ? receiver : first;
  const text = first.items[0] ?? hole;
  switch (last) {
    case "home":
    case "homedir":
      return textValue(world.home);
    case "getcwd":
    case "cwd":
    case "pwd":
      return textValue(world.cwd);
    case "expanduser":
    case "expand_path":
      return { items: self.items.map((item) => item.replace(/^~(?=\/|$)/, world.home)), list: false };
    case "getenv":
    case "fetch":
      return last === "getenv" || /ENV/.test(name) ? textValue(world.variable(text)) : unknownValue;
    case "get":
      return /(environ|env)\.get$/.test(name) ? textValue(world.variable(text)) : unknownValue;
    case "join":
      if (receiver.name === undefined && first.list)
        return textValue(first.items.join(receiver.items[0] ?? ""));
      if (receiver.name === undefined && receiver.list) return textValue(receiver.items.join(text));
      return joinPaths(args);
    case "joinpath":
    case "resolve":
      return args.length > 0 ? joinPaths(receiver.name === undefined ? [receiver, ...args] : args) : self;
    case "split":
      return /shlex/.test(name)
        ? listOf(text, /\s+/)
        : listOf(self.items[0] ?? hole, args.length === 0 ? /\s+/ : text);
    case "glob":
    case "iglob":
    case "rglob":
      return pattern(receiver.name === undefined ? joinPaths([receiver, first]) : first);
    case "listdir":
    case "readdirSync":
    case "scandir":
    case "iterdir":
    case "children":
      return { items: self.items.map((item) => `${item}/${glob}*`), list: true };
    case "mkdtemp":
    case "mkdtempSync":
    case "mktmpdir":
    case "mkstemp":
    case "NamedTemporaryFile":
    case "TemporaryDirectory":
    case "gettempdir":
    case "tmpdir":
      return textValue(last === "tmpdir" || last === "gettempdir" ? world.temp : `${world.temp}/made`);
    case "from":
      return args[1]?.items[0] === "base64" ? textValue(decode64(text)) : unknownValue;
    case "b64decode":
    case "atob":
    case "decode64":
    case "base64_decode":
      return textValue(decode64(text));
    case "abspath":
    case "realpath":
    case "normpath":
    case "normalize":
    case "absolute":
    case "as_posix":
    case "toString":
    case "decode":
    case "strip":
    case "trim":
    case "chomp":
    case "sorted":
    case "list":
    case "reversed":
    case "str":
    case "String":
    case "open":
    case "Path":
    case "PosixPath":
    case "PurePath":
    case "Pathname":
    case "filter":
    case "sort":
      return /^(Path|PosixPath|PurePath|Pathname|open|str|String)$/.test(last) && args.length > 0
        ? { ...(args.length > 1 && last.includes("Path") ? joinPaths(args) : first) }
        : { ...self };
    default:
      return unknownValue;
  }
}

function listOf(text: string, by: string | RegExp): Value {
  return { items: text.split(by).slice(0, itemsAtMost), list: true };
}

function decode64(text: string): string {
  const plain = text.replace(/[\s=]+/g, "");
  // One character over a multiple of four is no base64, and `atob` throws for it.
  return /^[A-Za-z0-9+/]+$/.test(plain) && plain.length % 4 !== 1 ? atob(plain) : hole;
}
