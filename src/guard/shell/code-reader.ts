import { tokenize } from "./code-tokens.ts";
import type { Family, Fill, Token } from "./code-tokens.ts";
import {
  both,
  importedNames,
  itemsAtMost,
  joinPaths,
  pattern,
  property,
  textValue,
  unknownValue,
  valueOfCall,
} from "./code-values.ts";
import type { CodeWorld, Value } from "./code-values.ts";
import { hole } from "./shell.ts";

/** One call that the code makes, with what is known of its arguments. */
export interface CodeCall {
  /** As written, with aliases of imports resolved: `shutil.rmtree`. */
  readonly name: string;
  readonly receiver: Value;
  readonly args: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
}

/** The calls in a program, found by folding constant expressions: no loop is run, no branch decided. */
export function readCalls(code: string, family: Family, world: CodeWorld): readonly CodeCall[] {
  const tokens = tokenize(code, family);
  const names = new Map<string, Value>();
  const aliases = importedNames(code);
  // Twice: a comprehension names its variable after its use.
  new Reader(tokens, family, world, names, aliases).run();
  const reader = new Reader(tokens, family, world, names, aliases);
  reader.run();
  return reader.calls;
}

// Deeper expressions are not written by hand.
const depthAtMost = 40;

// Calls that Perl and Ruby programs make without parentheses.
const bareCalls = /^(system|exec|spawn|open|glob|unlink|rmtree|remove_tree|rm|rm_r|rm_f|rm_rf)$/;

class Reader {
  readonly calls: CodeCall[] = [];
  private readonly tokens: readonly Token[];
  private readonly family: Family;
  private readonly world: CodeWorld;
  private readonly names: Map<string, Value>;
  private readonly aliases: ReadonlyMap<string, string>;
  private at = 0;
  private depth = 0;

  constructor(
    tokens: readonly Token[],
    family: Family,
    world: CodeWorld,
    names: Map<string, Value>,
    aliases: ReadonlyMap<string, string>,
  ) {
    this.tokens = tokens;
    this.family = family;
    this.world = world;
    this.names = names;
    this.aliases = aliases;
  }

  run(): void {
    while (this.at < this.tokens.length) {
      const from = this.at;
      this.statement();
      if (this.at === from) this.at += 1;
    }
  }

  /** Expression whose value is wanted by somebody else, as in an interpolation. */
  value(): Value {
    return this.expression();
  }

  private mark(offset = 0): string {
    const token = this.tokens[this.at + offset];
    return token?.kind === "mark" ? token.text : "";
  }

  private word(offset = 0): string {
    const token = this.tokens[this.at + offset];
    return token?.kind === "name" ? token.text : "";
  }

  private statement(): void {
    const name = this.word();
    // `x = …`, `for x in …`, `with … as x`, `for (const x of …)`.
    if (name !== "" && this.mark(1) === "=") {
      this.at += 2;
      this.names.set(name, this.expression());
    } else if ((name === "in" || name === "of") && this.word(-1) !== "") {
      const variable = this.word(-1);
      this.at += 1;
      this.names.set(variable, { ...this.expression(), list: false });
    } else {
      const value = this.expression();
      if (this.word() === "as" && this.word(1) !== "") {
        this.names.set(this.word(1), value);
        this.at += 2;
      }
    }
  }

  private expression(): Value {
    if (this.depth >= depthAtMost) return unknownValue;
    this.depth += 1;
    let value = this.term();
    for (;;) {
      const operator = this.mark();
      const token = this.tokens[this.at];
      // Two literals side by side are one in Python, and a concatenation in awk.
      const beside = token?.kind === "string" || (token?.kind === "name" && this.family === "awk");
      if (beside && (this.family === "python" || this.family === "awk")) {
        value = both(value, this.term(), "");
        continue;
      }
      const joins =
        operator === "+" ||
        (operator === "." && (this.family === "perl" || this.family === "php")) ||
        (operator === ".." && this.family === "lua");
      const path = operator === "/" && this.family === "python";
      if (!joins && !path) {
        if (operator !== "%" && operator !== "*") break;
        // Formatting or repeating: only the start of the text is known.
        this.at += 1;
        this.term();
        value = { items: value.items.map((item) => opened(item.split("%")[0] ?? "")), list: false };
        continue;
      }
      this.at += 1;
      this.skipLines();
      const right = this.term();
      if (value.list && right.list && joins)
        value = { items: [...value.items, ...right.items].slice(0, itemsAtMost), list: true };
      else value = path ? joinPaths([value, right]) : both(value, right, "");
    }
    this.depth -= 1;
    return value;
  }

  private skipLines(): void {
    while (this.mark() === "\n") this.at += 1;
  }

  private term(): Value {
    const token = this.tokens[this.at];
    if (token === undefined) return unknownValue;
    switch (token.kind) {
      case "string":
        this.at += 1;
        return this.suffixes(this.filled(token.text, token.fill), "");
      case "shell":
        this.at += 1;
        this.calls.push({
          name: "`",
          receiver: unknownValue,
          args: [textValue(token.text)],
          named: new Map(),
        });
        return unknownValue;
      case "number":
        this.at += 1;
        return textValue(token.text);
      case "name":
        return this.chain();
      case "mark": {
        if (token.text === "(" || token.text === "[") return this.suffixes(this.list(token.text), "");
        if (token.text === "-" && this.tokens[this.at + 1]?.kind === "number") {
          this.at += 1;
          const value = this.term();
          return { ...value, items: value.items.map((item) => `-${item}`) };
        }
        if (token.text === "\\" || token.text === "-" || token.text === "!" || token.text === "&") {
          this.at += 1;
          return this.term();
        }
        return unknownValue;
      }
    }
  }

  /** `[a, b]` and `(a, b)`; one expression in parentheses is that expression. */
  private list(open: string): Value {
    const { args } = this.argumentList();
    const [only] = args;
    if (open === "(" && args.length === 1 && only !== undefined) return only;
    const items = args.flatMap((value) => value.items).slice(0, itemsAtMost);
    return { items, list: true };
  }

  private argumentList(bind?: Value): { args: readonly Value[]; named: ReadonlyMap<string, Value> } {
    const open = this.mark();
    const close = open === "(" ? ")" : open === "[" ? "]" : "}";
    const args: Value[] = [];
    const named = new Map<string, Value>();
    this.at += 1;
    if (bind !== undefined) this.bindParameter(bind);
    while (this.at < this.tokens.length && this.mark() !== close) {
      const from = this.at;
      const name = this.word();
      if (this.mark() === "{" && open !== "{") {
        for (const [key, value] of this.argumentList().named) named.set(key, value);
      } else if (name !== "" && /^(=|:|=>)$/.test(this.mark(1)) && !(open === "[" && this.mark(1) === ":")) {
        this.at += 2;
        named.set(name, this.expression());
      } else if (this.mark() !== "," && this.mark() !== "\n") {
        const value = this.expression();
        if (this.at > from) args.push(value);
        // A comprehension: what follows names the variable of what stands before.
        if (this.word() === "for" && /^(in|of)$/.test(this.word(2))) {
          const variable = this.word(1);
          this.at += 3;
          this.names.set(variable, { ...this.expression(), list: false });
        }
      }
      if (this.at === from) this.at += 1;
    }
    this.at += 1;
    return { args, named };
  }

  /** `x => …`, `(x) => …`, `|x| …`: the parameter takes each item of what the method is called on. */
  private bindParameter(receiver: Value): void {
    const offset = this.mark() === "(" || this.mark() === "|" ? 1 : 0;
    const name = this.word(offset);
    const arrow = this.mark(1) === "=>" || this.mark(3) === "=>" || this.mark() === "|";
    if (name !== "" && arrow) this.names.set(name, { ...receiver, list: false });
  }

  private chain(): Value {
    const first = this.word();
    this.at += 1;
    const name = this.aliases.get(first) ?? this.names.get(first)?.name ?? first;
    const known = this.names.get(first);
    const value: Value = known !== undefined && known.name === undefined ? known : { ...unknownValue, name };
    const bare =
      this.family === "perl" || this.family === "ruby" || this.family === "lua" || this.family === "php";
    const token = this.tokens[this.at];
    if (bare && value.name !== undefined && (token?.kind === "string" || this.takesWord(name)))
      return this.bareCall(value, name);
    return this.suffixes(value, name);
  }

  private takesWord(name: string): boolean {
    return bareCalls.test(name) && this.word() !== "";
  }

  /** `system "a", "b"`: a call without parentheses. */
  private bareCall(receiver: Value, name: string): Value {
    const args = [this.expression()];
    while (this.mark() === ",") {
      this.at += 1;
      args.push(this.expression());
    }
    return this.called(name, receiver, args, new Map());
  }

  private suffixes(start: Value, startName: string): Value {
    let value = start;
    let name = startName;
    for (let n = 0; n < 200; n++) {
      const mark = this.mark();
      const member = this.word(1);
      const dotted = mark === "." && this.family !== "perl" && this.family !== "php";
      if ((dotted || mark === "::" || mark === "->") && member !== "") {
        this.at += 2;
        name = name === "" ? member : `${name}.${member}`;
        const known = property(name, this.world);
        const next = this.tokens[this.at];
        const call = this.mark() === "(" || this.mark() === "{" || this.word() === "do";
        if (known !== undefined && !call) value = textValue(known);
        else if (!call && this.family === "ruby" && (next?.kind === "string" || this.takesWord(member)))
          return this.bareCall(value, name);
        else if (call) value = this.memberCall(name, value);
        else value = { ...value, name };
      } else if (mark === "(" && name !== "") value = this.memberCall(name, { ...value });
      else if (mark === "[" || (mark === "{" && /^ENV$/.test(name))) {
        const { args } = mark === "{" ? this.bracesKey() : this.argumentList();
        const [key] = args;
        const text = key?.items[0] ?? hole;
        if (/(^|\.)(environ|ENV|env)$/.test(name)) value = textValue(this.world.variable(text));
        else if (name === "Dir" && this.family === "ruby") value = pattern(key ?? unknownValue);
        else if (!text.includes(hole) && /^[A-Za-z_]\w*$/.test(text)) {
          name = name === "" ? text : `${name}.${text}`;
          value = { ...unknownValue, name };
        } else if (!value.list) value = unknownValue;
        else value = { items: value.items, list: false };
      } else if (this.tagged(name)) return unknownValue;
      else break;
      if (value.name !== undefined) name = value.name;
      // What is called on the result of a call is a method of an unnamed value.
      else if (this.mark() !== "[") name = name.slice(name.lastIndexOf(".") + 1);
    }
    return value;
  }

  /** Bun and zx run what stands in a template after a dollar sign. */
  private tagged(name: string): boolean {
    const token = this.tokens[this.at];
    if (!/(^|\.)\$$/.test(name) || token?.kind !== "string" || token.fill !== "js") return false;
    this.at += 1;
    this.calls.push({
      name: "`",
      receiver: unknownValue,
      args: [this.filled(token.text, token.fill)],
      named: new Map(),
    });
    return true;
  }

  private bracesKey(): { args: readonly Value[] } {
    const token = this.tokens[this.at + 1];
    this.at += 3;
    return { args: token === undefined || token.kind === "mark" ? [] : [textValue(token.text)] };
  }

  private memberCall(name: string, receiver: Value): Value {
    const last = name.slice(name.lastIndexOf(".") + 1);
    const binds = /^(forEach|map|each|filter)$/.test(last) ? receiver : undefined;
    if (this.mark() === "(") {
      const { args, named } = this.argumentList(binds);
      return this.called(name, receiver, args, named);
    }
    // `.each { |x| … }`: the body is read as statements.
    if (binds !== undefined) {
      this.at += 1;
      this.bindParameter(binds);
    }
    return this.called(name, receiver, [], new Map());
  }

  private called(
    name: string,
    receiver: Value,
    args: readonly Value[],
    named: ReadonlyMap<string, Value>,
  ): Value {
    const last = name.slice(name.lastIndexOf(".") + 1);
    const [first, second] = args;
    if (last === "getattr" && second !== undefined) {
      const member = `${first?.name ?? ""}.${second.items[0] ?? hole}`;
      return { ...unknownValue, name: member };
    }
    if (last === "__import__" || last === "import_module" || last === "require")
      return { ...unknownValue, name: (first?.items[0] ?? hole).replace(/^node:/, "") };
    if (/^(send|public_send|__send__)$/.test(last) && first !== undefined)
      return this.called(first.items[0] ?? hole, receiver, args.slice(1), named);
    if (last === "array_map" && first !== undefined)
      return this.called(first.items[0] ?? hole, receiver, args.slice(1), named);
    this.calls.push({ name, receiver, args, named });
    return valueOfCall(name, last, receiver, args, this.world);
  }

  private filled(text: string, fill: Fill): Value {
    switch (fill) {
      case "none":
        return textValue(text);
      case "js":
        return textValue(text.replace(/\$\{([^{}]*)\}/g, (_, inner: string) => this.nested(inner)));
      case "hash":
        return textValue(text.replace(/#\{([^{}]*)\}/g, (_, inner: string) => this.nested(inner)));
      case "braces":
        return textValue(
          text.replace(/\{\{|\}\}|\{([^{}]*)\}/g, (whole: string, inner: string | undefined) =>
            inner === undefined ? whole.slice(1) : this.nested(inner.replace(/(![rsa])?(:[^:]*)?$/, "")),
          ),
        );
      case "dollar":
        return textValue(
          text
            .replace(/\$ENV\{(\w+)\}/g, (_, name: string) => this.world.variable(name))
            .replace(/[$@]\{?(\w+)\}?/g, (_, name: string) => this.names.get(name)?.items[0] ?? hole),
        );
    }
  }

  private nested(inner: string): string {
    if (this.depth >= depthAtMost) return hole;
    const reader = new Reader(
      tokenize(inner, this.family),
      this.family,
      this.world,
      this.names,
      this.aliases,
    );
    reader.depth = this.depth + 1;
    return reader.value().items[0] ?? hole;
  }
}

/** Text of which only the start is known. */
function opened(start: string): string {
  return start.endsWith(hole) ? start : `${start}${hole}`;
}
