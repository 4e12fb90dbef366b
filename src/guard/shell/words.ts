import { trimEnd } from "../../core/trim-end.ts";
import { glob, hole, known, lookup, subshell, unknown, unmark, valueAtMost } from "./shell.ts";
import type { Arg, Output, Shell } from "./shell.ts";
import type { Budget, Change, Node, Piece, Word } from "./ir.ts";
import { unescaped } from "./output.ts";

/** Runs a substitution and gives what it prints. */
export type RunNode = (node: Node, shell: Shell) => Output;

/** Expands words as the shell would: braces, tilde, variables, substitutions, splitting. Patterns stay patterns. */
export function expandWords(words: readonly Word[], shell: Shell, run: RunNode): readonly Arg[] {
  return words.flatMap((word) => {
    shell.world.budget.take(1);
    return expandWord(word, shell, run).map((value) => ({ value, span: word.span }));
  });
}

/** One word without splitting, as in an assignment or a redirect. */
export function expandText(word: Word, shell: Shell, run: RunNode): string {
  const builder = new Fields(false, shell.world.budget);
  for (const piece of word.pieces) expandPiece(piece, builder, shell, run, 0);
  return builder.all().join(" ");
}

function expandWord(word: Word, shell: Shell, run: RunNode): readonly string[] {
  const [only] = word.pieces;
  if (word.pieces.length === 1 && only?.kind === "text" && only.quoted) return [unmark(only.text)];
  const braces = word.pieces.findIndex((piece) => piece.kind === "braces");
  if (braces >= 0) return expandBraces(word, shell, run);
  const builder = new Fields(true, shell.world.budget);
  word.pieces.forEach((piece, index) => expandPiece(piece, builder, shell, run, index));
  return builder.all();
}

// More alternatives than this are not worth listing one by one.
const alternativesAtMost = 64;

function expandBraces(word: Word, shell: Shell, run: RunNode): readonly string[] {
  let variants: (readonly Piece[])[] = [[]];
  for (const piece of word.pieces) {
    const options: readonly Piece[] =
      piece.kind === "braces"
        ? alternatives(piece.text).map((text): Piece =>
            text === undefined
              ? { kind: "unknown", inner: undefined }
              : { kind: "text", text, quoted: !text.startsWith("~") },
          )
        : [piece];
    if (variants.length * options.length > alternativesAtMost || !shell.world.budget.take(variants.length)) {
      shell.world.budget.spent = true;
      return [hole];
    }
    variants = variants.flatMap((before) => options.map((option) => [...before, option]));
  }
  return variants.flatMap((pieces) => expandWord({ ...word, pieces }, shell, run));
}

/** What `{a,b}` or `{1..3}` stands for; `undefined` marks an alternative that is not plain text. */
function alternatives(text: string): readonly (string | undefined)[] {
  const body = text.slice(1, -1);
  const range = /^(-?\d{1,6}|[A-Za-z])\.\.(-?\d{1,6}|[A-Za-z])(\.\.-?\d+)?$/.exec(body);
  if (range !== null) return [undefined];
  const parts: string[] = [];
  let depth = 0;
  let current = "";
  for (const char of body) {
    if (char === "," && depth === 0) {
      parts.push(current);
      current = "";
      continue;
    }
    if (char === "{") depth += 1;
    if (char === "}") depth -= 1;
    current += char;
  }
  parts.push(current);
  return parts.flatMap((part): readonly (string | undefined)[] => {
    if (/[$`]/.test(part)) return [undefined];
    const inner = /^([^{}]*)(\{.*\})([^{}]*)$/.exec(part);
    if (inner !== null && part.length < 200)
      return alternatives(inner[2] ?? "").map((middle) =>
        middle === undefined ? undefined : `${inner[1] ?? ""}${middle}${inner[3] ?? ""}`,
      );
    return [unmark(part.replace(/["'\\]/g, ""))];
  });
}

/** Collects the fields of one word. Text is work: what it costs to copy is taken from the budget. */
class Fields {
  readonly splits: boolean;
  private readonly budget: Budget;
  private readonly done: string[] = [];
  private current: string | undefined;

  constructor(splits: boolean, budget: Budget) {
    this.splits = splits;
    this.budget = budget;
  }

  add(text: string): void {
    const before = this.current ?? "";
    if (this.budget.take(0.1 + text.length / 64) && before.length + text.length <= valueAtMost)
      this.current = before + text;
    else {
      this.budget.spent = true;
      this.current = hole;
    }
  }

  /** Adds text that the shell splits where it is not quoted. */
  addSplit(text: string, between: string): void {
    if (!this.splits) return this.add(text);
    let rest = "";
    for (const char of text) {
      if (!between.includes(char)) {
        rest += char;
        continue;
      }
      if (rest !== "") this.add(rest);
      rest = "";
      this.end();
    }
    if (rest !== "") this.add(rest);
  }

  /** Adds whole fields, as `"$@"` does. */
  addFields(fields: readonly string[]): void {
    fields.forEach((field, index) => {
      if (index > 0) this.end();
      this.add(field);
    });
  }

  end(): void {
    if (this.current !== undefined) this.done.push(this.current);
    this.current = undefined;
  }

  all(): readonly string[] {
    this.end();
    return this.done;
  }
}

function expandPiece(piece: Piece, to: Fields, shell: Shell, run: RunNode, index: number): void {
  switch (piece.kind) {
    case "text":
      return to.add(piece.quoted || index > 0 ? unmark(piece.text) : tilde(unmark(piece.text), shell));
    case "glob":
      return to.add(`${glob}${unmark(piece.text)}`);
    case "braces":
      return to.add(hole);
    case "unknown":
      if (piece.inner !== undefined) run(piece.inner, subshell(shell));
      return to.add(hole);
    case "variable":
      return expandVariable(piece, to, shell, run);
    case "substitution":
      return expandOutput(run(piece.script, subshell(shell)), piece.quoted, to, shell);
    case "process": {
      // What is written to `>(…)` is not known yet when it starts.
      const output = run(piece.script, subshell(shell, piece.direction === ">" ? unknown : shell.stdin));
      shell.world.processes += 1;
      const path = `/dev/fd/${62 + shell.world.processes}`;
      shell.world.files.set(path, output);
      return to.add(path);
    }
  }
}

function tilde(text: string, shell: Shell): string {
  // bash also expands what stands after the first equals sign of a word.
  const named = /^\w+=(?=~)/.exec(text)?.[0];
  if (named !== undefined) return named + tilde(text.slice(named.length), shell);
  if (!text.startsWith("~")) return text;
  const { home } = shell.world.facts;
  const slash = text.indexOf("/");
  const user = slash < 0 ? text.slice(1) : text.slice(1, slash);
  const rest = slash < 0 ? "" : text.slice(slash);
  if (user === "") return `${home ?? hole}${rest}`;
  if (user === "+") return `${shell.cwd ?? hole}${rest}`;
  // Another user's home: the name of its folder is a good guess, and its place is outside in any case.
  return /^[a-z_][\w-]*$/i.test(user)
    ? `${user === "root" ? "/root" : `/home/${user}`}${rest}`
    : `${hole}${rest}`;
}

function separators(shell: Shell): string {
  return known(lookup(shell, "IFS")?.fields[0] ?? " \t\n") ?? " \t\n";
}

function expandOutput(output: Output, quoted: boolean, to: Fields, shell: Shell): void {
  switch (output.kind) {
    case "none":
      return;
    case "unknown":
      return to.add(hole);
    case "text": {
      const text = trimEnd(output.text, "\n");
      return quoted ? to.add(text) : to.addSplit(text, separators(shell));
    }
    case "paths":
      return quoted && output.words.length > 1 ? to.add(hole) : to.addFields(output.words);
  }
}

type VariablePiece = Extract<Piece, { kind: "variable" }>;

function expandVariable(piece: VariablePiece, to: Fields, shell: Shell, run: RunNode): void {
  const { name, quoted, change } = piece;
  if (name === "@" || name === "*") return addList(shell.args, name === "@", quoted, to);
  const value = valueOf(name, shell);
  const index = change?.kind === "index" ? change.index : undefined;
  if (index === "@" || index === "*") return addList(value?.fields, index === "@", quoted, to);
  const fields =
    change === undefined ? value?.fields.slice(0, 1) : changed(value?.fields, change, piece, shell, run);
  const text = fields === undefined ? hole : (fields[0] ?? "");
  return quoted ? to.add(text) : to.addSplit(text, separators(shell));
}

function valueOf(name: string, shell: Shell): { readonly fields: readonly string[] } | undefined {
  if (/^[1-9]$/.test(name)) {
    const arg = shell.args?.[Number(name) - 1];
    return shell.args === undefined ? undefined : { fields: [arg ?? ""] };
  }
  return lookup(shell, name);
}

function addList(fields: readonly string[] | undefined, apart: boolean, quoted: boolean, to: Fields): void {
  if (fields === undefined) return to.add(hole);
  if (apart || !quoted) return to.addFields(fields);
  return to.add(fields.join(" "));
}

function changed(
  fields: readonly string[] | undefined,
  change: Change,
  piece: VariablePiece,
  shell: Shell,
  run: RunNode,
): readonly string[] | undefined {
  const text = fields?.[0];
  const plain = text === undefined ? undefined : known(text);
  switch (change.kind) {
    case "default": {
      const operand = expandText(change.operand, shell, run);
      if (change.operator.includes("?")) return fields;
      // Nothing is known about a variable that this text does not set: the text's own value is the best reading.
      if (change.operator.includes("+")) return text === "" ? [""] : [operand];
      if (text !== undefined && text !== "") return fields;
      if (change.operator.includes("="))
        shell.vars.set(piece.name, { fields: [operand], array: false, exported: false });
      return [operand];
    }
    case "remove": {
      const pattern = expandText(change.operand, shell, run);
      // With its marks: what is left of a pattern is one as well.
      return text === undefined || plain === undefined
        ? undefined
        : removeMatch(text, pattern, change.operator);
    }
    case "replace": {
      const pattern = expandText(change.pattern, shell, run);
      const by = expandText(change.by, shell, run);
      if (plain === undefined || pattern === "" || pattern.includes(hole) || pattern.includes(glob))
        return undefined;
      if (change.operator === "//") {
        const grown = plain.length + (plain.split(pattern).length - 1) * by.length;
        return grown > valueAtMost ? undefined : [plain.replaceAll(pattern, () => by)];
      }
      return change.operator === "/" ? [plain.replace(pattern, () => by)] : undefined;
    }
    case "slice": {
      const from = Number(change.offset);
      const length = change.length === undefined ? undefined : Number(change.length);
      if (
        plain === undefined ||
        !Number.isInteger(from) ||
        (length !== undefined && !Number.isInteger(length))
      )
        return undefined;
      const start = from < 0 ? Math.max(0, plain.length + from) : from;
      if (length === undefined) return [plain.slice(start)];
      return [plain.slice(start, length < 0 ? plain.length + length : start + length)];
    }
    case "case": {
      if (plain === undefined) return undefined;
      const one = (letter: string): string =>
        change.operator.startsWith("^") ? letter.toUpperCase() : letter.toLowerCase();
      return [change.operator.length === 2 ? one(plain) : one(plain.slice(0, 1)) + plain.slice(1)];
    }
    case "index": {
      const at = Number(change.index);
      if (fields === undefined || !Number.isInteger(at)) return undefined;
      return [fields.at(at) ?? ""];
    }
    case "indirect":
      return plain === undefined ? undefined : lookup(shell, plain)?.fields.slice(0, 1);
    case "quote":
      return fields;
    case "escapes":
      return plain === undefined ? undefined : [unescaped(plain)];
    case "unknown":
      return undefined;
  }
}

/** `${x%/*}` and its like for patterns of one star and plain text. */
function removeMatch(text: string, pattern: string, operator: string): readonly string[] | undefined {
  const stars = pattern.split(`${glob}*`);
  if (stars.length > 2 || stars.some((part) => part.includes(glob) || part.includes(hole))) return undefined;
  const [head = "", tail] = stars;
  const front = operator.startsWith("#");
  if (tail === undefined) {
    if (front) return [text.startsWith(head) ? text.slice(head.length) : text];
    return [text.endsWith(head) ? text.slice(0, text.length - head.length) : text];
  }
  const longest = operator.length === 2;
  if (front) {
    if (!text.startsWith(head)) return [text];
    const at = longest ? text.lastIndexOf(tail) : text.indexOf(tail, head.length);
    return [at < head.length ? text : text.slice(longest && tail === "" ? text.length : at + tail.length)];
  }
  if (!text.endsWith(tail)) return [text];
  const at = longest ? text.indexOf(head) : text.lastIndexOf(head, text.length - tail.length - 1);
  return [at < 0 ? text : text.slice(0, at)];
}
