// The only file that knows the parser: its tree goes in, the guard's own form comes out.
import { forEachChild, parse as parseBash } from "unbash";
import type {
  Assignment,
  AssignmentPrefix,
  CommandArgument,
  HereDoc,
  ParameterExpansionPart,
  ParsedScript,
  Redirection,
  Statement,
  SyntaxNode,
  Word as BashWord,
  WordPart,
} from "unbash";
import type { Span } from "../../core/action.ts";
import type { Assign, Budget, Change, Node, Piece, Redirect, Script, Word } from "./ir.ts";

/**
 * Parses shell text. `at` replaces every span, for text that stands inside a larger one. Text that is not valid
 * bash still gives the part that could be read, with the problems named.
 */
export function parse(source: string, budget: Budget, at?: Span): Script {
  if (!budget.take(1 + source.length / 8)) return { body: nothing, problems: [] };
  const form: Form = { budget, at, problems: [] };
  return { body: script(parseBash(source), form), problems: form.problems };
}

export const nothing: Node = { kind: "list", nodes: [] };

interface Form {
  readonly budget: Budget;
  readonly at: Span | undefined;
  readonly problems: string[];
}

function script(parsed: ParsedScript, form: Form): Node {
  for (const error of parsed.errors ?? []) form.problems.push(error.message);
  return list(parsed.commands, form);
}

/** A substitution's own script. Old-style ones carry text of their own, so their positions mean nothing outside. */
function inner(parsed: ParsedScript | undefined, place: Place, form: Form): Node {
  if (parsed === undefined) {
    form.problems.push("a substitution that could not be read");
    return nothing;
  }
  // The parser reads a substitution again when it is opened, so deep nesting pays for each level.
  if (!form.budget.take((place.end - place.pos) / 8)) return nothing;
  if (parsed.source === undefined) return script(parsed, form);
  const nested: Form = { ...form, at: form.at ?? { start: place.pos, end: place.end } };
  return script(parsed, nested);
}

interface Place {
  readonly pos: number;
  readonly end: number;
}

function list(statements: readonly Statement[], form: Form): Node {
  const nodes = statements.map((statement): Node => {
    const body = node(statement.command, form);
    return statement.background === true ? { kind: "subshell", body } : body;
  });
  return nodes.length === 1 && nodes[0] !== undefined ? nodes[0] : { kind: "list", nodes };
}

function node(tree: SyntaxNode, form: Form): Node {
  if (!form.budget.take(1)) return nothing;
  switch (tree.type) {
    case "Command":
      return {
        kind: "command",
        assigns: tree.prefix.filter(isAssignment).map((item) => assign(item, form)),
        words: [...(tree.name === undefined ? [] : [tree.name]), ...tree.args].map((item) =>
          argument(item, form),
        ),
        redirects: tree.redirects.map((item) => redirect(item, form)),
        span: spanOf(tree, form),
      };
    case "CompoundList":
      return list(tree.commands, form);
    case "AndOr":
      return {
        kind: "chain",
        nodes: tree.commands.map((item) => node(item, form)),
        operators: tree.operators,
      };
    case "Pipeline": {
      const nodes = tree.commands.map((item) => node(item, form));
      return nodes.length === 1 && nodes[0] !== undefined ? nodes[0] : { kind: "pipe", nodes };
    }
    case "Redirected":
      return {
        kind: "redirected",
        body: node(tree.command, form),
        redirects: tree.redirects.map((item) => redirect(item, form)),
      };
    case "Subshell":
      return { kind: "subshell", body: node(tree.body, form) };
    case "BraceGroup":
      return node(tree.body, form);
    case "Coproc":
      return { kind: "subshell", body: node(tree.body, form) };
    case "Function":
      return { kind: "function", name: word(tree.name, form), body: node(tree.body, form) };
    case "If": {
      const rest = tree.elif.map((item): Node => ({
        kind: "list",
        nodes: [node(item.clause, form), node(item.then, form)],
      }));
      const last = tree.else === undefined ? [] : [node(tree.else, form)];
      return {
        kind: "branch",
        first: node(tree.clause, form),
        options: [node(tree.then, form), ...rest, ...last],
      };
    }
    case "Case":
      return {
        kind: "branch",
        first: {
          kind: "words",
          words: [tree.word, ...tree.items.flatMap((item) => item.pattern)].map((item) => word(item, form)),
        },
        options: tree.items.map((item) => node(item.body, form)),
      };
    case "For":
    case "Select":
      return {
        kind: "loop",
        variable: tree.name.value,
        words: tree.wordlist?.map((item) => word(item, form)),
        test: nothing,
        body: node(tree.body, form),
      };
    case "While":
      return {
        kind: "loop",
        variable: undefined,
        words: undefined,
        test: node(tree.clause, form),
        body: node(tree.body, form),
      };
    case "ArithmeticFor":
      return {
        kind: "loop",
        variable: undefined,
        words: undefined,
        test: { kind: "words", words: wordsBelow(tree, form, [tree.initialize, tree.test, tree.update]) },
        body: node(tree.body, form),
      };
    case "TestCommand":
      return { kind: "words", words: wordsBelow(tree, form, [tree.expression]) };
    case "ArithmeticCommand":
      // No arithmetic has two operands side by side. A shell without `((` runs such text in nested subshells.
      if (/[\w"']\s+(?:[\w"'~$]|--?[A-Za-z])/.test(tree.body))
        return form.budget.take(tree.body.length / 8)
          ? { kind: "subshell", body: script(parseBash(tree.body), { ...form, at: spanOf(tree, form) }) }
          : nothing;
      return { kind: "words", words: wordsBelow(tree, form, [tree.expression]) };
    default:
      // Every other node is a part of those above and is never met as a command.
      form.problems.push(`an unexpected ${tree.type}`);
      return nothing;
  }
}

/** The words and substitutions anywhere below, as words to expand. */
function wordsBelow(owner: Place, form: Form, trees: readonly (SyntaxNode | undefined)[]): readonly Word[] {
  const found: Word[] = [];
  const visit = (tree: SyntaxNode): void => {
    if (!form.budget.take(1)) return;
    if (tree.type === "Word") found.push(word(tree, form));
    else if (isPart(tree) && tree.type !== "Literal")
      found.push({ pieces: part(tree, false, form), span: spanOf(owner, form), text: tree.text });
    else if (tree.type === "ArithmeticCommandExpansion")
      found.push({
        pieces: [{ kind: "unknown", inner: inner(tree.script, tree, form) }],
        span: spanOf(owner, form),
        text: tree.text,
      });
    else forEachChild(tree, visit);
  };
  for (const tree of trees) if (tree !== undefined) visit(tree);
  return found;
}

const partTypes: ReadonlySet<string> = new Set([
  "Literal",
  "Glob",
  "SingleQuoted",
  "DoubleQuoted",
  "AnsiCQuoted",
  "LocaleString",
  "SimpleExpansion",
  "ParameterExpansion",
  "CommandExpansion",
  "ArithmeticExpansion",
  "ProcessSubstitution",
  "ExtendedGlob",
  "BraceExpansion",
] satisfies WordPart["type"][]);

function isPart(tree: SyntaxNode): tree is WordPart {
  return partTypes.has(tree.type);
}

function isAssignment(item: AssignmentPrefix | Redirection): item is Assignment {
  return item.type === "Assignment";
}

function assign(item: Assignment, form: Form): Assign {
  const values = item.value.type === "Word" ? [item.value] : item.value.elements;
  return {
    name: item.name,
    value:
      item.index === undefined
        ? values.map((value) => word(value, form))
        : [indexedWord(item, item.index, values, form)],
    array: item.value.type !== "Word",
    append: item.append === true,
  };
}

/** An element of an array: nothing is kept of it, but its index and value are expanded. */
function indexedWord(item: Assignment, index: BashWord, values: readonly BashWord[], form: Form): Word {
  const words = [index, ...values].map((value) => word(value, form));
  return {
    pieces: [{ kind: "unknown", inner: { kind: "words", words } }],
    span: spanOf(item, form),
    text: item.text,
  };
}

/** `export A=1` and `env A=1` hold assignments as arguments; as words they read the same. */
function argument(item: CommandArgument, form: Form): Word {
  if (item.type === "Word") return word(item, form);
  const name = `${item.name}${item.append === true ? "+" : ""}=`;
  const pieces: readonly Piece[] =
    item.value.type === "Word" && item.index === undefined
      ? word(item.value, form).pieces
      : [{ kind: "unknown", inner: undefined }];
  const [first, ...rest] = pieces;
  // Together with the name, so that a tilde is still seen to stand first.
  const whole: readonly Piece[] =
    first?.kind === "text"
      ? [{ ...first, text: name + first.text }, ...rest]
      : [{ kind: "text", text: name, quoted: true }, ...pieces];
  return { pieces: whole, span: spanOf(item, form), text: item.text };
}

function unknownWord(place: Place & { readonly text: string }, form: Form): Word {
  return { pieces: [{ kind: "unknown", inner: undefined }], span: spanOf(place, form), text: place.text };
}

function word(tree: BashWord, form: Form): Word {
  const span = spanOf(tree, form);
  if (!form.budget.take(1)) return { pieces: [{ kind: "unknown", inner: undefined }], span, text: tree.text };
  const pieces: readonly Piece[] =
    tree.parts === undefined
      ? [{ kind: "text", text: tree.value, quoted: !mayBeHome.test(tree.text) }]
      : tree.parts.flatMap((item) => part(item, false, form));
  return { pieces, span, text: tree.text };
}

// Words in which a tilde stands for a home folder: `~/x`, `of=~/x`.
const mayBeHome = /^(\w+=)?~/;

function part(tree: WordPart, quoted: boolean, form: Form): readonly Piece[] {
  if (!form.budget.take(1)) return [{ kind: "unknown", inner: undefined }];
  switch (tree.type) {
    case "Literal":
      return [{ kind: "text", text: tree.value, quoted: quoted || !mayBeHome.test(tree.text) }];
    case "SingleQuoted":
    case "AnsiCQuoted":
      return [{ kind: "text", text: tree.value, quoted: true }];
    case "DoubleQuoted":
    case "LocaleString":
      // An empty pair of quotes is still a word.
      return [
        { kind: "text", text: "", quoted: true },
        ...tree.parts.flatMap((item) => part(item, true, form)),
      ];
    case "Glob":
      return [{ kind: "glob", text: tree.text }];
    case "ExtendedGlob":
      return [{ kind: "glob", text: tree.text }];
    case "BraceExpansion":
      return [{ kind: "braces", text: tree.text }];
    case "SimpleExpansion":
      return [{ kind: "variable", name: tree.text.slice(1), quoted, change: undefined }];
    case "ParameterExpansion":
      return [
        { kind: "variable", name: tree.parameter, quoted, change: change(tree, form) },
        ...insideSlice(tree, form),
      ];
    case "CommandExpansion":
      return [{ kind: "substitution", script: inner(tree.script, tree, form), quoted }];
    case "ProcessSubstitution":
      return [{ kind: "process", script: inner(tree.script, tree, form), direction: tree.operator }];
    case "ArithmeticExpansion": {
      const words = wordsBelow(tree, form, [tree.expression]);
      return [{ kind: "unknown", inner: words.length === 0 ? undefined : { kind: "words", words } }];
    }
  }
}

/** `${x:$(cmd)}`: what runs in an offset is seen, and makes the word unknown. */
function insideSlice({ operation }: ParameterExpansionPart, form: Form): readonly Piece[] {
  if (operation?.type !== "Slice" || !/\$\(|`/.test(operation.offset.text + (operation.length?.text ?? "")))
    return [];
  const trees = [operation.offset, ...(operation.length === undefined ? [] : [operation.length])];
  return [{ kind: "unknown", inner: { kind: "words", words: trees.map((item) => word(item, form)) } }];
}

function change(tree: ParameterExpansionPart, form: Form): Change | undefined {
  if (tree.prefix === "!") return { kind: "indirect" };
  if (tree.prefix === "#") return { kind: "unknown" };
  const operation = tree.operation;
  if (operation === undefined)
    return tree.index === undefined ? undefined : { kind: "index", index: tree.index.value };
  if (tree.index !== undefined) return { kind: "unknown" };
  switch (operation.type) {
    case "Default":
      return { kind: "default", operator: operation.operator, operand: word(operation.operand, form) };
    case "Remove":
      return { kind: "remove", operator: operation.operator, operand: word(operation.operand, form) };
    case "Replace":
      return {
        kind: "replace",
        operator: operation.operator,
        pattern: word(operation.pattern, form),
        by: word(operation.replacement, form),
      };
    case "Slice":
      return { kind: "slice", offset: operation.offset.value, length: operation.length?.value };
    case "CaseModification":
      return operation.operand === undefined
        ? { kind: "case", operator: operation.operator }
        : { kind: "unknown" };
    case "Transform":
      if (operation.operand.value === "E") return { kind: "escapes" };
      return operation.operand.value === "Q" ? { kind: "quote" } : { kind: "unknown" };
    case "Names":
    case "Unknown":
      return { kind: "unknown" };
  }
}

function redirect(item: Redirection, form: Form): Redirect {
  switch (item.type) {
    case "Redirect":
      return {
        kind: "file",
        operator: item.operator,
        target: item.target === undefined ? undefined : word(item.target, form),
        descriptor: item.descriptor?.type === "FileDescriptor" ? item.descriptor.value : undefined,
      };
    case "HereString":
      return {
        kind: "text",
        adds: "line break",
        body:
          item.target === undefined ? unknownWord({ ...item, text: "<<<" }, form) : word(item.target, form),
      };
    case "HereDoc":
      return { kind: "text", adds: "nothing", body: hereBody(item, form) };
  }
}

function hereBody(item: HereDoc, form: Form): Word {
  const span = spanOf(item, form);
  const text = item.body.text;
  const quoted = item.delimiter?.quoted === true;
  const tabs = item.operator === "<<-";
  const pieces = quoted || item.body.parts === undefined ? undefined : item.body.parts;
  if (pieces !== undefined) return { pieces: pieces.flatMap((tree) => part(tree, true, form)), span, text };
  const plain = quoted ? text : text.replace(/\\([$`\\])|\\\n/g, "$1");
  return {
    pieces: [{ kind: "text", text: tabs ? plain.replace(/^\t+/gm, "") : plain, quoted: true }],
    span,
    text,
  };
}

function spanOf(place: Place, form: Form): Span {
  return form.at ?? { start: place.pos, end: place.end };
}
