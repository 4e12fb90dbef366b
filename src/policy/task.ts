import { sha256 } from "../core/digest.ts";
import { Fault } from "../core/fault.ts";
import type { Scope } from "../core/policy.ts";
import type { Files } from "../core/ports.ts";
import type { Task } from "../core/task.ts";
import { readDocument } from "./document.ts";
import { intersection } from "./glob.ts";
import { faultOf, inOrder } from "./problem.ts";
import { taskSchema } from "./schema.ts";
import type { TaskSource } from "./schema.ts";
import { validate } from "./validate.ts";

export interface TaskRequest {
  readonly files: Files;
  /** Absolute folder that a relative path starts from. */
  readonly cwd: string;
  /** Absolute repository root. */
  readonly root: string;
  /** A path of a Markdown file, or the task in words. */
  readonly argument: string;
}

/**
 * A task from a Markdown file with optional YAML front matter, or from the words themselves. Throws
 * `task/not-found` for a path that leads nowhere and `task/invalid` for a file that says too little or too much.
 */
export async function loadTask({ files, cwd, root, argument }: TaskRequest): Promise<Task> {
  const path = absolute(cwd, argument);
  const stat = argument === "" || /[\n\0]/.test(argument) ? undefined : await files.stat(path);
  if (stat?.kind === "folder")
    throw new Fault("task/not-found", `${argument} is a folder, not a task`, {
      hint: "name a Markdown file, or write the task in quotes",
    });
  if (stat === undefined) return fromWords(argument);
  if (stat.bytes > taskBytesAtMost)
    throw new Fault(
      "task/invalid",
      `${argument} has ${stat.bytes} bytes, and a task may have ${taskBytesAtMost}`,
      {
        where: { file: argument },
        hint: "keep the task short and name other files in it: an agent can read them",
      },
    );
  const text = await files.readText(path);
  if (text === undefined) throw notFound(argument);
  return parseTask(relativeTo(root, path), text);
}

/** Reads the text of a task file; `source` names it in errors. */
export function parseTask(source: string, text: string): Task {
  const { front, firstLine, body } = split(text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n"));
  const { document, problems } = readDocument(source, front, { firstLine });
  const checked = problems.length > 0 ? { value: undefined, problems } : validate(taskSchema, document);
  const [first, ...others] = inOrder(checked.problems);
  if (first !== undefined) throw faultOf("task/invalid", first, others);
  if (body.trim() === "")
    throw new Fault("task/invalid", `${source} does not say what to do: its text is empty`, {
      where: { file: source },
      hint: "write what should be different afterwards, and how one would notice",
    });
  return build(source, body, checked.value ?? {});
}

/**
 * The files that a task may change: in the policy's scope and in its own. Throws `task/invalid` when no file can be
 * in both, because then every change would be out of scope.
 */
export function narrowed(policy: Scope, task: Scope | undefined): Scope {
  if (task === undefined) return policy;
  const deny = [...new Set([...policy.deny, ...task.deny])];
  const allow = intersection(policy.allow, task.allow);
  const shown = `scope.allow of the task (${task.allow.join(", ")}) and of the policy (${policy.allow.join(", ")})`;
  if (allow === undefined)
    throw new Fault("task/invalid", `${shown} meet in too many ways`, {
      hint: "use fewer stars in the task's scope: name folders or files",
      where: { file: "the task", field: "scope.allow" },
    });
  if (allow.length === 0)
    throw new Fault("task/invalid", `${shown} have no file in common`, {
      hint: "a task narrows the policy's scope and cannot widen it: change one of the two",
      where: { file: "the task", field: "scope.allow" },
    });
  return { allow, deny };
}

const taskBytesAtMost = 262_144;

function fromWords(argument: string): Task {
  if (!/\s/.test(argument.trim())) throw notFound(argument);
  return build("command line", argument, {});
}

function notFound(argument: string): Fault {
  if (argument.trim() === "")
    return new Fault("task/not-found", "the task is empty", {
      hint: 'name a Markdown file, or write the task in quotes: surefoot run "make the date parser accept leap days"',
    });
  const path = argument.includes("/") || argument.endsWith(".md");
  return new Fault(
    "task/not-found",
    path ? `there is no file ${argument}` : `${argument} is neither a file nor a sentence`,
    {
      hint: path
        ? "check the path; it is read from the folder you are in"
        : 'name a Markdown file, or write the task in quotes: surefoot run "make the date parser accept leap days"',
      where: { file: argument },
    },
  );
}

function build(source: string, body: string, front: TaskSource): Task {
  const text = body.trim();
  return {
    id: front.id ?? `task-${sha256(text).slice(0, 8)}`,
    title: front.title ?? titleOf(text),
    body: text,
    source,
    scope:
      front.scope === undefined
        ? undefined
        : { allow: front.scope.allow ?? ["**"], deny: front.scope.deny ?? [] },
    reproduce: front.reproduce,
    sections: (front.sections ?? []).map(String),
  };
}

function titleOf(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  const heading = lines
    .find((line) => /^#{1,6}\s+\S/.test(line))
    ?.replace(/^#+\s+/, "")
    .replace(/\s+#+$/, "");
  const title = heading ?? lines.find((line) => line !== "") ?? text;
  return title.length > titleAtMost ? `${title.slice(0, titleAtMost - 1).trimEnd()}…` : title;
}

const titleAtMost = 100;

function split(text: string): { readonly front: string; readonly firstLine: number; readonly body: string } {
  const lines = text.split("\n");
  const end = lines.indexOf("---", 1);
  return lines[0] === "---" && end > 0
    ? { front: lines.slice(1, end).join("\n"), firstLine: 2, body: lines.slice(end + 1).join("\n") }
    : { front: "", firstLine: 1, body: text };
}

function absolute(cwd: string, path: string): string {
  return /^(\/|[A-Za-z]:[\\/])/.test(path) ? path : `${cwd}/${path}`;
}

// Only for showing: a task may lie outside the repository.
function relativeTo(root: string, path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && (part !== "" || parts.length === 0)) parts.push(part);
  }
  const clean = parts.join("/");
  return clean.startsWith(`${root}/`) ? clean.slice(root.length + 1) : clean;
}
