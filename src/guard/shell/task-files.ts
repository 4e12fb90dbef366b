import { hole } from "./shell.ts";

/** One named piece of work in a justfile or a Taskfile. */
export interface Recipe {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly needs: readonly string[];
  readonly lines: readonly string[];
}

export interface RecipeFile {
  readonly variables: ReadonlyMap<string, string>;
  readonly recipes: readonly Recipe[];
}

const linesAtMost = 4000;

/** A justfile: `name parameter='default': needs`, indented lines, `x := "text"`. */
export function readJustfile(text: string): RecipeFile {
  const variables = new Map<string, string>();
  const recipes: { name: string; parameters: string[]; needs: string[]; lines: string[] }[] = [];
  for (const line of text
    .replace(/\\\n\s*/g, " ")
    .split("\n")
    .slice(0, linesAtMost)) {
    if (/^\s+\S/.test(line)) {
      recipes.at(-1)?.lines.push(line.trim());
      continue;
    }
    const set = /^(?:export\s+)?([\w-]+)\s*:=\s*(.*)$/.exec(line);
    if (set !== null) {
      variables.set(set[1] ?? "", /^(["'])(.*)\1\s*$/.exec(set[2] ?? "")?.[2] ?? hole);
      continue;
    }
    const head = /^@?([\w-]+)((?:\s+[+*$]?[\w-]+(?:=(?:"[^"]*"|'[^']*'|\S+))?)*)\s*:(?!=)\s*([^#]*)/.exec(
      line,
    );
    if (head === null) continue;
    const words = (part: string | undefined): string[] =>
      (part ?? "").split(/\s+/).filter((item) => item !== "");
    recipes.push({
      name: head[1] ?? "",
      parameters: words(head[2]).map((item) => item.replace(/^[+*$]/, "").replace(/=.*$/, "")),
      needs: words(head[3]).map((item) => item.replace(/[()]/g, "")),
      lines: [],
    });
  }
  return { variables, recipes };
}

/** A Taskfile: the `cmds` and `deps` below `tasks`, by indentation. Templates become holes. */
export function readTaskfile(text: string): RecipeFile {
  const recipes: { name: string; parameters: string[]; needs: string[]; lines: string[] }[] = [];
  let inTasks = false;
  let section = "";
  let nameIndent = -1;
  for (const line of text.split("\n").slice(0, linesAtMost)) {
    if (/^\s*(#|$)/.test(line)) continue;
    const indent = line.search(/\S/);
    if (indent === 0) {
      inTasks = line.startsWith("tasks:");
      nameIndent = -1;
      continue;
    }
    if (!inTasks) continue;
    if (nameIndent < 0) nameIndent = indent;
    const key = /^\s*["']?([\w:.-]+)["']?:\s*(.*)$/.exec(line);
    if (indent === nameIndent && key !== null) {
      const direct = scalar(key[2] ?? "");
      recipes.push({ name: key[1] ?? "", parameters: [], needs: [], lines: direct === "" ? [] : [direct] });
      section = "cmds";
      continue;
    }
    const recipe = recipes.at(-1);
    if (recipe === undefined) continue;
    const item = /^\s*-\s+(.*)$/.exec(line)?.[1];
    if (item === undefined && key !== null) {
      section = key[1] ?? "";
      const listed = /^\[(.*)\]$/.exec(key[2] ?? "")?.[1];
      if (section === "deps" && listed !== undefined) recipe.needs.push(...listed.split(",").map(scalar));
      if ((section === "cmd" || section === "cmds") && /\S/.test(key[2] ?? "") && !/^[|>]/.test(key[2] ?? ""))
        recipe.lines.push(scalar(key[2] ?? ""));
    } else if (section === "deps" && item !== undefined)
      recipe.needs.push(scalar(item).replace(/^task:\s*/, ""));
    else if (section === "cmds" || section === "cmd") command(item ?? line.trim(), recipe);
  }
  return { variables: new Map(), recipes };
}

function command(item: string, recipe: { needs: string[]; lines: string[] }): void {
  const other = /^task:\s*(.+)$/.exec(item)?.[1];
  if (other !== undefined) recipe.needs.push(scalar(other));
  else if (!/^[|>]/.test(item)) recipe.lines.push(scalar(item.replace(/^cmd:\s*/, "")));
}

function scalar(text: string): string {
  const plain = text.trim();
  const inner = /^(["'])(.*)\1$/.exec(plain)?.[2] ?? plain;
  return inner.replace(/\{\{.*?\}\}/g, hole).trim();
}
