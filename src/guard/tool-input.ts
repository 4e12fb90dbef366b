import type { TextChange } from "../core/action.ts";

/** What a tool of some other server is asked to do, in terms that the guard knows. */
export interface ToolUse {
  readonly commands: readonly ToolCommand[];
  readonly files: readonly ToolFile[];
  readonly cwd?: string;
}

export interface ToolCommand {
  readonly text: string;
  /** Text that is a command or code of some language; only what is sure to be harmful counts. */
  readonly guessed: boolean;
}

export interface ToolFile {
  readonly path: string;
  readonly does: "read" | "write" | "delete" | "delete all";
}

type Members = ReadonlyMap<string, unknown>;

/** Reads the input of a tool by the names of its members and by the verbs in the tool's own name. */
export function readToolInput(name: string, input: unknown): ToolUse {
  const members = membersOf(input);
  const words = wordsOf(name);
  const cwd = textOf(members, "cwd", "workdir", "working_directory", "workingDirectory");
  return {
    commands: [
      ...started(members),
      ...coded(members, words),
      ...stated(members, words),
      ...translated(name, members),
    ],
    files: filesOf(members, words),
    ...(cwd === undefined ? {} : { cwd }),
  };
}

/** The texts that a tool puts in the place of others, by file. */
export function toolEdits(input: unknown): readonly { readonly path: string; readonly change: TextChange }[] {
  const members = membersOf(input);
  const path = textOf(members, ...pathNames);
  const own = path === undefined ? [] : [{ path, change: changeOf(members) }];
  const listed = objectsIn(members.get("edits")).map((edit) => ({
    path: textOf(edit, ...pathNames) ?? path,
    change: changeOf(edit),
  }));
  const files = objectsIn(members.get("files")).map((file) => ({
    path: textOf(file, ...pathNames),
    change: changeOf(file),
  }));
  return [...own, ...listed, ...files].flatMap(({ path: name, change }) =>
    name === undefined || change === undefined ? [] : [{ path: name, change }],
  );
}

function changeOf(members: Members): TextChange | undefined {
  const oldText = textOf(members, "oldText", "old_text", "old_string", "old_str", "oldString", "search");
  const newText = textOf(
    members,
    "newText",
    "new_text",
    "new_string",
    "new_str",
    "newString",
    "replace",
    "replacement",
  );
  if (oldText !== undefined && newText !== undefined) return { kind: "replace", oldText, newText };
  const text = textOf(members, "content", "contents", "file_text");
  return text === undefined ? undefined : { kind: "create", text };
}

const commandNames = ["command", "cmd", "commandLine", "command_line", "shell_command", "bash"];

function started(members: Members): readonly ToolCommand[] {
  const given = listIn(members.get("args") ?? members.get("arguments")).map(quoted);
  return commandNames.flatMap((name): readonly ToolCommand[] => {
    const value = members.get(name);
    const list = listIn(value);
    const text = typeof value === "string" ? value : list.map(quoted).join(" ");
    return text === "" ? [] : [{ text: [text, ...given].join(" "), guessed: false }];
  });
}

/** Members that hold a script: of a shell, or of whatever language the tool speaks. */
function coded(members: Members, words: ReadonlySet<string>): readonly ToolCommand[] {
  const typed = ["shell", "terminal", "bash", "exec", "execute", "run", "console", "process"];
  const names = [
    "script",
    "code",
    ...(typed.some((word) => words.has(word)) ? ["input", "text", "keys"] : []),
  ];
  return names.flatMap((name) => {
    const text = members.get(name);
    if (typeof text !== "string" || text.trim() === "") return [];
    const code = quoted(text);
    return [text, `python3 -c ${code}`, `node -e ${code}`].map((item) => ({ text: item, guessed: true }));
  });
}

/** Statements for a database. A `query` is one where the tool's name is about databases: others search. */
function stated(members: Members, words: ReadonlySet<string>): readonly ToolCommand[] {
  const about = `sql query db database postgres postgresql mysql sqlite supabase neon bigquery snowflake execute`;
  const asks = about.split(" ").some((word) => words.has(word)) && !words.has("search");
  return ["sql", "statement", "statements", "queries", ...(asks ? ["query"] : [])].flatMap((name) => {
    const value = members.get(name);
    const text = typeof value === "string" ? value : listIn(value).join(";\n");
    return text === "" ? [] : [{ text: `psql -c ${quoted(text)}`, guessed: true }];
  });
}

/** Tools that do what a command line of the same service does. */
function translated(name: string, members: Members): readonly ToolCommand[] {
  const value = (...names: readonly string[]): string => quoted(textOf(members, ...names) ?? "");
  const repository = quoted(`${textOf(members, "owner") ?? "owner"}/${textOf(members, "repo") ?? "repo"}`);
  const command = (text: string): readonly ToolCommand[] => [{ text, guessed: true }];
  switch (name.toLowerCase().replaceAll("-", "_")) {
    case "delete_repository":
      return command(`gh repo delete ${repository} --yes`);
    case "merge_pull_request":
      return command(`gh pr merge ${value("pullNumber", "pull_number")} --repo ${repository}`);
    case "push_files":
    case "create_or_update_file":
      return members.has("branch") ? command(`git push origin HEAD:${value("branch")}`) : [];
    case "kubectl_delete":
      return command(
        `kubectl delete ${value("resourceType", "resource_type", "kind")} ${value("name")} -n ${value("namespace")}`,
      );
    default:
      return [];
  }
}

const pathNames = `path file_path filePath filepath file filename file_name target_file relative_path
  relativePath absolute_path`
  .trim()
  .split(/\s+/);
const fromNames = ["source", "src", "from", "old_path", "oldPath", "source_path", "sourcePath"];
const toNames = [
  "destination",
  "dest",
  "dst",
  "to",
  "new_path",
  "newPath",
  "destination_path",
  "target_path",
];
const textNames = `content contents file_text new_string new_str newText new_text text edits patch
  replacement`
  .trim()
  .split(/\s+/);

const deleting = ["delete", "remove", "unlink", "rm", "trash", "erase"];
const writing = [
  "write",
  "edit",
  "create",
  "append",
  "insert",
  "replace",
  "patch",
  "modify",
  "update",
  "save",
];

function filesOf(members: Members, words: ReadonlySet<string>): readonly ToolFile[] {
  const says = (verbs: readonly string[]): boolean => verbs.some((verb) => words.has(verb));
  const all = members.get("recursive") === true || says(["directory", "folder", "dir", "tree"]);
  const objects = [...objectsIn(members.get("files")), ...objectsIn(members.get("edits"))];
  const changes = [members, ...objects].some((item) => textNames.some((name) => item.has(name)));
  const does: ToolFile["does"] = says(deleting)
    ? all
      ? "delete all"
      : "delete"
    : changes || says(writing)
      ? "write"
      : "read";
  const paths = [
    ...pathNames.flatMap((name) => textOf(members, name) ?? []),
    ...["paths", "files", "file_paths", "filePaths"].flatMap((name) => listIn(members.get(name))),
    ...objects.flatMap((item) => textOf(item, ...pathNames) ?? []),
    ...["url", "uri"].flatMap((name) => fileOf(textOf(members, name) ?? "") ?? []),
  ];
  const from = textOf(members, ...fromNames);
  const to = textOf(members, ...toNames);
  const moved: readonly ToolFile[] =
    from === undefined || to === undefined || !says(["move", "rename", "mv", "copy", "cp"])
      ? []
      : [
          { path: from, does: says(["copy", "cp"]) ? "read" : "delete" },
          { path: to, does: "write" },
        ];
  return [...paths.map((path) => ({ path, does })), ...moved];
}

/** The path that a `file:` address names. */
export function fileOf(address: string): string | undefined {
  return /^file:\/\/(?:localhost)?(\/[^?#]*)/i.exec(address)?.[1];
}

/** The members of an object, those of the objects that only wrap the arguments among them. */
function membersOf(input: unknown): Members {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return new Map();
  const own = Object.entries(input);
  const wrapped = own.flatMap(([name, value]) =>
    /^(params|parameters|arguments|args|input|options|payload)$/.test(name) ? [...membersOf(value)] : [],
  );
  return new Map<string, unknown>([...wrapped, ...own]);
}

function textOf(members: Members, ...names: readonly string[]): string | undefined {
  return names.map((name) => members.get(name)).find((value) => typeof value === "string");
}

// A call with more parts than this is a list of data.
const partsAtMost = 100;

function listIn(value: unknown): readonly string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value.slice(0, partsAtMost) : [];
  return items.filter((item) => typeof item === "string");
}

function objectsIn(value: unknown): readonly Members[] {
  const items: readonly unknown[] = Array.isArray(value) ? value.slice(0, partsAtMost) : [];
  return items.filter((item) => typeof item === "object" && item !== null).map(membersOf);
}

/** The words of a tool's name: `deleteFile` and `delete_file` are the same. */
function wordsOf(name: string): ReadonlySet<string> {
  return new Set(
    name
      .replace(/([a-z])([A-Z])/g, "$1 $2")
      .toLowerCase()
      .split(/[^a-z]+/),
  );
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
