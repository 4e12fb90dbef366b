import type { Facts } from "../../core/action.ts";
import { temporary, within } from "../paths.ts";
import type { Reading } from "../reading.ts";
import { runCommand } from "./command.ts";
import { passedOn } from "./fetched.ts";
import { Budget } from "./ir.ts";
import type { Node } from "./ir.ts";
import { parse } from "./parse.ts";
import { addProblem, hole, joinedText, none, setVariable, subshell, unknown, valueAtMost } from "./shell.ts";
import type { Arg, Output, Shell, Variable, World } from "./shell.ts";
import { assigned } from "./variables.ts";
import { unfold } from "./unfold.ts";
import { empties, redirects, written } from "./redirects.ts";
import { expandText, expandWords } from "./words.ts";

/** Units of work for one action: a long real command takes a few hundred. */
export const workUnits = 40_000;

// The parser's time grows with the square of the here-documents on a line; real scripts have a handful.
const hereDocumentsAtMost = 400;

/** Finds out what a command line would do, without running anything. */
export function interpret(command: string, cwd: string, facts: Facts): Reading {
  const budget = new Budget(workUnits);
  const world: World = {
    facts,
    budget,
    effects: [],
    problems: [],
    aliases: new Set(),
    unread: new Set(),
    unfolded: [],
    callers: [],
    ran: new Set(),
    lookedUp: [],
    files: new Map(),
    links: new Map(),
    copies: new Map(),
    gitAliases: new Map(),
    processes: 0,
    runNode: run,
    runText,
  };
  const shell: Shell = {
    world,
    cwd: cwd.startsWith("/") ? cwd : undefined,
    vars: new Map(),
    functions: new Map(),
    aliases: new Map(),
    args: undefined,
    conditional: false,
    ended: false,
    depth: 0,
    stdin: none,
  };
  const whole = { start: 0, end: command.length };
  if (command.split("<<", hereDocumentsAtMost + 1).length > hereDocumentsAtMost) budget.spent = true;
  else {
    const script = parse(command, budget);
    for (const problem of script.problems) addProblem(world, "unparsed", problem, whole);
    run(script.body, shell);
  }
  if (budget.spent)
    addProblem(
      world,
      "too-complex",
      "the command is too long or too deeply nested to be read to its end",
      whole,
    );
  return {
    effects: world.effects,
    problems: world.problems,
    aliases: [...world.aliases],
    written: new Map(
      [...world.files].flatMap(([path, content]) => (content.kind === "text" ? [[path, content.text]] : [])),
    ),
    unread: [...world.unread],
    ran: [...world.ran],
    unfolded: world.unfolded,
    units: Math.ceil(workUnits - Math.max(0, budget.left)),
  };
}

/** Runs shell text that stands inside the action, as `bash -c` or `eval` do. */
function runText(text: string, shell: Shell, at: Arg): Output {
  const script = parse(text, shell.world.budget, at.span);
  for (const problem of script.problems) addProblem(shell.world, "unparsed", problem, at.span);
  return run(script.body, shell);
}

function run(node: Node, shell: Shell): Output {
  if (!shell.world.budget.take(1)) return unknown;
  switch (node.kind) {
    case "command":
      return runSimple(node, shell);
    case "list":
      return joined(
        node.nodes.map((item) => {
          const output = run(item, shell);
          // Whatever follows an `exit` is read as well: the guard does not rely on it.
          shell.ended = false;
          return output;
        }),
      );
    case "chain":
      return runChain(node, shell);
    case "pipe": {
      let output: Output = shell.stdin;
      for (const item of node.nodes) output = passedOn(run(item, subshell(shell, output)), output);
      return output;
    }
    case "subshell":
      return run(node.body, subshell(shell));
    case "redirected": {
      const inner = { ...shell };
      const stdin = redirects(node.redirects, shell);
      inner.stdin = stdin ?? shell.stdin;
      const output = run(node.body, inner);
      keep(inner, shell);
      return written(node.redirects, output, shell);
    }
    case "loop":
      return runLoop(node, shell);
    case "branch": {
      run(node.first, shell);
      const outputs = node.options.map((option) => maybe(shell, () => run(option, shell)));
      return outputs.length === 1 && outputs[0] !== undefined ? outputs[0] : unknown;
    }
    case "function": {
      const name = expandText(node.name, shell, run);
      shell.functions.set(name, node.body);
      // bash calls it by itself.
      if (name === "command_not_found_handle") run(node.body, subshell(shell));
      return none;
    }
    case "words":
      expandWords(node.words, shell, run);
      return none;
  }
}

function joined(outputs: readonly Output[]): Output {
  const telling = outputs.filter((output) => output.kind !== "none");
  const [only] = telling;
  if (only === undefined) return none;
  if (telling.length === 1) return only;
  const texts: string[] = [];
  for (const output of telling) {
    if (output.kind !== "text")
      return telling.find((item) => item.kind === "unknown" && item.fetched !== undefined) ?? unknown;
    texts.push(output.text);
  }
  return joinedText(texts);
}

/** Runs something that may also not run: what it sets to another value is not known afterwards. */
function maybe<T>(shell: Shell, body: () => T): T {
  const before = shell.conditional;
  const cwd = shell.cwd;
  shell.conditional = true;
  const result = body();
  shell.conditional = before;
  if (shell.ended) {
    // `… || exit`: whoever goes on was not here.
    shell.cwd = cwd;
    shell.ended = false;
  } else if (shell.cwd !== cwd) shell.cwd = either(shell, cwd, shell.cwd);
  return result;
}

/** The folder after a `cd` that may have failed. Within the worktree the likely one is taken: it makes no difference there. */
function either(shell: Shell, before: string | undefined, after: string | undefined): string | undefined {
  const { worktree } = shell.world.facts;
  if (before === undefined || after === undefined || worktree === undefined) return undefined;
  return within(before, worktree) && within(after, worktree) ? after : undefined;
}

function runChain(node: Extract<Node, { kind: "chain" }>, shell: Shell): Output {
  const outputs: Output[] = [];
  const start = shell.cwd;
  node.nodes.forEach((item, index) => {
    const operator = node.operators[index - 1];
    if (operator === undefined) outputs.push(run(item, shell));
    else if (operator === "||") outputs.push(maybe(shell, () => run(item, shell)));
    else {
      // What follows `&&` in the same chain runs only after what stands before it.
      const before = shell.conditional;
      shell.conditional = true;
      outputs.push(run(item, shell));
      shell.conditional = before;
      shell.ended = false;
    }
  });
  const cds = node.nodes.filter(
    (item) => item.kind === "command" && /^(cd|pushd)$/.test(item.words[0]?.text ?? ""),
  );
  if (cds.length > 1 && shell.cwd !== start && !intoTemp(node, shell))
    shell.cwd = either(shell, start, shell.cwd);
  return joined(outputs);
}

/** `cd /tmp && mkdir x && cd x`: the first step does not fail, and wherever the rest ends is temporary. */
function intoTemp({ nodes, operators }: Extract<Node, { kind: "chain" }>, { cwd, world }: Shell): boolean {
  const [first] = nodes;
  const rooted =
    first?.kind === "command" &&
    /^(cd|pushd) \/(tmp|var\/tmp)$/.test(first.words.map((word) => word.text).join(" "));
  return rooted && cwd !== undefined && temporary(cwd, world.facts) && !operators.includes("||");
}

// Loops over more words than this are judged by their first words and then as one unknown word.
const turnsAtMost = 24;

function runLoop(node: Extract<Node, { kind: "loop" }>, shell: Shell): Output {
  const { variable } = node;
  const inputs = variable === undefined ? turnsOf(shell.stdin) : [];
  if (inputs.length > 0) {
    // `… | while read x`: each turn takes its part of the input.
    const before = shell.stdin;
    for (const input of inputs) {
      shell.stdin = input;
      run(node.test, shell);
      maybe(shell, () => run(node.body, shell));
    }
    shell.stdin = before;
    return unknown;
  }
  run(node.test, shell);
  if (variable === undefined) {
    // Twice, so that what the first turn sets is seen by the second.
    maybe(shell, () => run(node.body, shell));
    maybe(shell, () => run(node.body, shell));
    return unknown;
  }
  const fields =
    node.words === undefined
      ? (shell.args ?? [hole])
      : expandWords(node.words, shell, run).map((arg) => arg.value);
  const turns = fields.length > turnsAtMost ? [...fields.slice(0, turnsAtMost), hole] : fields;
  for (const field of turns)
    maybe(shell, () => {
      shell.vars.set(variable, { fields: [field], array: false, exported: false });
      return run(node.body, shell);
    });
  return unknown;
}

/** What each turn of a loop finds on its standard input, where that is known and more than one thing. */
function turnsOf(stdin: Output): readonly Output[] {
  if (stdin.kind === "paths" && stdin.words.length > 1)
    return stdin.words.slice(0, turnsAtMost).map((word) => ({ kind: "paths", words: [word] }));
  if (stdin.kind !== "text") return [];
  const lines = stdin.text.replace(/\n$/, "").split("\n");
  return lines.length > 1 && lines.length <= turnsAtMost ? lines.map((text) => ({ kind: "text", text })) : [];
}

type SimpleNode = Extract<Node, { kind: "command" }>;

/** A command whose words hold a variable with a few possible values is read once for each of them. */
function runSimple(node: SimpleNode, shell: Shell): Output {
  const [name, variable] = shell.vars.size === 0 ? [] : undecided(node, shell);
  if (name === undefined || variable?.alternatives === undefined) return runOnce(node, shell);
  for (const value of variable.alternatives) {
    shell.vars.set(name, { fields: [value], array: false, exported: variable.exported });
    runSimple(node, shell);
  }
  shell.vars.set(name, variable);
  return unknown;
}

// Two variables with four values each; with more of them, what they hold counts as unknown.
const readingsAtMost = 16;

function appended(before: string, more: string): string {
  const whole = before + more;
  return whole.length > valueAtMost ? hole : whole;
}

/** The first variable in a command that has a few possible values. */
function undecided(node: SimpleNode, shell: Shell): readonly [string?, Variable?] {
  const found = new Map<string, Variable>();
  for (const word of node.words)
    for (const piece of word.pieces) {
      const variable = piece.kind === "variable" ? shell.vars.get(piece.name) : undefined;
      if (piece.kind === "variable" && variable?.alternatives !== undefined) found.set(piece.name, variable);
    }
  let readings = 1;
  for (const { alternatives = [] } of found.values()) readings *= alternatives.length;
  return readings > readingsAtMost ? [] : ([...found][0] ?? []);
}

function runOnce(node: SimpleNode, shell: Shell): Output {
  const given = node.assigns.map((assign) => ({
    assign,
    fields: assign.array
      ? expandWords(assign.value, shell, run).map((arg) => arg.value)
      : assign.value.map((word) => expandText(word, shell, run)),
  }));
  const args = expandWords(node.words, shell, run);
  const stdin = redirects(node.redirects, shell, node.redirects.length > 0 && empties(args));
  if (args.length === 0) {
    for (const { assign, fields } of given) {
      const before = assign.append ? (shell.vars.get(assign.name)?.fields ?? []) : [];
      const value =
        assign.append && !assign.array
          ? [appended(before[0] ?? hole, fields[0] ?? "")]
          : [...before, ...fields];
      setVariable(shell, assign.name, value, { array: assign.array });
      assigned(assign.name, value[0] ?? "", shell, node.span);
    }
    // `$(< file)` is what the file holds.
    return given.length === 0 && stdin !== undefined ? written(node.redirects, stdin, shell) : none;
  }
  const env = new Map(given.map(({ assign, fields }) => [assign.name, fields[0] ?? ""]));
  const [word] = node.words;
  const [first] = args;
  if (
    shell.world.callers.length === 0 &&
    word !== undefined &&
    first !== undefined &&
    made(word.text, first.value)
  )
    unfold(shell.world.unfolded, "expansion", args, node.span);
  const output = runCommand(args, shell, { env, stdin: stdin ?? shell.stdin, span: node.span });
  return written(node.redirects, output, shell);
}

/** Whether a command word says something else than what stands there. */
function made(text: string, value: string): boolean {
  return text !== value && text.replace(/^(["'])(.*)\1$/, "$2") !== value;
}

/** Takes over the state that a body left behind. */
function keep(from: Shell, to: Shell): void {
  to.cwd = from.cwd;
  to.vars = from.vars;
  to.ended = from.ended;
}
