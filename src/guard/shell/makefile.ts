import { hole } from "./shell.ts";

/** What a Makefile says, as far as a small reader understands it; anything else is left out. */
export interface Makefile {
  readonly variables: ReadonlyMap<string, string>;
  /** In the order of the file: without a goal, the first one is made. */
  readonly rules: readonly MakeRule[];
}

export interface MakeRule {
  readonly targets: readonly string[];
  readonly needs: readonly string[];
  readonly recipe: readonly string[];
}

const linesAtMost = 4000;

/** `given`: variables of the environment, which the file may set anew. */
export function readMakefile(text: string, given: ReadonlyMap<string, string> = new Map()): Makefile {
  const variables = new Map(given);
  const rules: { targets: string[]; needs: string[]; recipe: string[] }[] = [];
  let inRule = false;
  let conditional = 0;
  let defining = false;
  const lines = text
    .replace(/\r/g, "")
    .replace(/\\\n\t?/g, " ")
    .split("\n");
  for (const line of lines.slice(0, linesAtMost)) {
    if (defining) {
      defining = !/^\s*endef\b/.test(line);
      continue;
    }
    if (line.startsWith("\t")) {
      if (inRule) rules.at(-1)?.recipe.push(line.slice(1));
      continue;
    }
    const plain = line.replace(/(^|[^\\])#.*$/, "$1").trim();
    if (plain === "") continue;
    if (/^(ifeq|ifneq|ifdef|ifndef)\b/.test(plain)) conditional += 1;
    else if (/^endif\b/.test(plain)) conditional -= 1;
    if (/^(ifeq|ifneq|ifdef|ifndef|else|endif|-?include|sinclude|vpath|unexport)\b/.test(plain)) continue;
    if (/^(override\s+)?define\b/.test(plain)) {
      defining = true;
      continue;
    }
    const set = /^(?:export\s+|override\s+)*([\w.-]+)\s*(\?=|:{0,3}=|\+=|!=)\s*(.*)$/.exec(plain);
    if (set !== null) {
      assign(variables, set[1] ?? "", set[2] ?? "", set[3] ?? "", conditional > 0);
      inRule = false;
      continue;
    }
    const rule = /^([^:=]+?)\s*::?(?!=)\s*([^;]*)(?:;(.*))?$/.exec(plain);
    inRule = rule !== null;
    if (rule === null) continue;
    const needs = (rule[2] ?? "").replaceAll("|", " ").trim();
    // `target: VAR = value` sets a variable for one target.
    const words = /^[\w.-]+\s*[:?+]?=/.test(needs) ? [] : needs.split(/\s+/).filter((item) => item !== "");
    rules.push({
      targets: (rule[1] ?? "").split(/\s+/),
      needs: words,
      recipe: rule[3] === undefined ? [] : [rule[3].trim()],
    });
  }
  return { variables, rules };
}

function assign(
  variables: Map<string, string>,
  name: string,
  operator: string,
  value: string,
  unsure: boolean,
): void {
  const before = variables.get(name);
  if (operator === "?=" && before !== undefined) return;
  if (operator === "!=") return void variables.set(name, hole);
  if (operator === "+=") return void variables.set(name, before === undefined ? value : `${before} ${value}`);
  // In one of two branches: which one holds is not known.
  variables.set(name, unsure && before !== undefined && before !== value ? hole : value);
}

const depthAtMost = 8;

/** A text with make's variables put in. What cannot be known becomes a hole. */
export function expandMake(text: string, variables: ReadonlyMap<string, string>, depth = 0): string {
  if (!text.includes("$") || text.length > 10_000) return text;
  if (depth > depthAtMost) return hole;
  return text.replace(
    /\$(?:\$|\(([^()]*(?:\([^()]*\)[^()]*)*)\)|\{([^{}]*)\}|(.))/g,
    (whole: string, round: string | undefined, curly: string | undefined, letter: string | undefined) => {
      if (whole === "$$") return "$";
      const name = round ?? curly ?? letter ?? "";
      const value = variables.get(name);
      if (value !== undefined) return expandMake(value, variables, depth + 1);
      const other = /^(?:or|strip|abspath|realpath|wildcard)\s+(.*)$/.exec(name)?.[1];
      if (other !== undefined) return expandMake(other, variables, depth + 1);
      // A variable that nobody set is empty for make, but may come from the environment.
      return hole;
    },
  );
}
