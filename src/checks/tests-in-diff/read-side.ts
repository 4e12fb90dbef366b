import { type Assertion, readAssertion } from "./assertion.ts";
import type { Language } from "../../core/test-language.ts";
import type { SideLine } from "./sides.ts";

/** What one side of a hunk says about tests. */
export interface SideFacts {
  readonly tests: readonly TestHead[];
  readonly assertions: readonly PlacedAssertion[];
  readonly mutes: readonly Mark[];
}

export interface TestHead {
  readonly name: string;
  readonly line: number;
  /** The head itself was removed or added. */
  readonly changed: boolean;
  /** Lines up to the next test's head or the end of the hunk, without white space at their ends. */
  readonly body: readonly string[];
}

export interface PlacedAssertion {
  readonly assertion: Assertion;
  readonly line: number;
  /** At least one of its lines was removed or added. */
  readonly changed: boolean;
  /** Name of the nearest test above; `undefined` where the hunk does not show it. */
  readonly test: string | undefined;
}

export interface Mark {
  readonly kind: "mute" | "focus";
  readonly text: string;
  readonly line: number;
  readonly changed: boolean;
  /** The test that it belongs to, where the hunk shows it. */
  readonly test: TestHead | undefined;
}

export function readSide(lines: readonly SideLine[], language: Language): SideFacts {
  const code = lines.map((line) => ({
    ...line,
    text: language.comment.test(line.text.trim()) ? "" : line.text.trim(),
  }));
  const heads = code.flatMap((_, at) => {
    const name = nameAt(code, at, language);
    return name === undefined ? [] : [{ at, name }];
  });
  const tests = heads.map(({ at, name }, index) => ({
    at,
    head: {
      name,
      line: code[at]?.line ?? 1,
      changed: code[at]?.changed ?? false,
      body: code.slice(at + 1, heads[index + 1]?.at).flatMap(({ text }) => (text === "" ? [] : [text])),
    },
  }));
  const byLine = new Map(tests.map(({ at, head }) => [at, head]));
  let last: TestHead | undefined;
  const owners = code.map((_, at) => (last = byLine.get(at) ?? last));
  const above = (at: number): TestHead | undefined => owners[at];
  const below = (at: number): TestHead | undefined => tests.find((test) => test.at >= at)?.head;
  const mark = (kind: Mark["kind"], pattern: RegExp | undefined): readonly Mark[] =>
    code.flatMap(({ text, line, changed }, at) =>
      pattern?.test(text) === true
        ? [{ kind, text, line, changed, test: language.above?.test(text) === true ? below(at) : above(at) }]
        : [],
    );
  return {
    tests: tests.map(({ head }) => head),
    assertions: assertionsOf(code, language).map(({ at, to, text }) => ({
      assertion: readAssertion(text),
      line: code[at]?.line ?? 1,
      changed: code.slice(at, to + 1).some((line) => line.changed),
      test: above(at)?.name,
    })),
    mutes: [...mark("mute", language.mute), ...mark("focus", language.focus)],
  };
}

function nameAt(code: readonly SideLine[], at: number, language: Language): string | undefined {
  const text = code[at]?.text ?? "";
  // A formatter may put the title on the line below the opening bracket.
  const found = language.test.exec(text.endsWith("(") ? `${text}${code[at + 1]?.text ?? ""}` : text);
  if (found === null) return undefined;
  const attributes = code.slice(Math.max(0, at - attributeReach), at + 1);
  if (language.attribute !== undefined && !hasAttribute(attributes, language.attribute, language.test))
    return undefined;
  return found.slice(1).findLast((group) => group !== undefined);
}

const attributeReach = 6;

// An attribute belongs to the next head below it.
function hasAttribute(lines: readonly SideLine[], attribute: RegExp, head: RegExp): boolean {
  const own = lines.slice(0, -1);
  const former = own.findLastIndex(({ text }) => head.test(text));
  return lines.slice(former + 1).some(({ text }) => attribute.test(text));
}

const linesOfStatement = 30;

function assertionsOf(
  code: readonly SideLine[],
  language: Language,
): readonly { readonly at: number; readonly to: number; readonly text: string }[] {
  const found: { at: number; to: number; text: string }[] = [];
  for (let at = 0; at < code.length; at++) {
    const start = language.assertion.exec(code[at]?.text ?? "");
    if (start === null || declaration.test(code[at]?.text ?? "")) continue;
    let text = (code[at]?.text ?? "").slice(start.index);
    let to = at;
    while (
      to + 1 < code.length &&
      to - at < linesOfStatement &&
      (open(text) || continues(code[to + 1]?.text ?? ""))
    ) {
      to++;
      text += ` ${code[to]?.text ?? ""}`;
    }
    found.push({ at, to, text });
    at = to;
  }
  return found;
}

// `function checkTotal(…)` declares a helper, it does not call it.
const declaration =
  /^(?:export\s+|async\s+|pub\s+|private\s+|public\s+|static\s+)*(?:function|def|func|fn|fun|defp)\b/;

function open(text: string): boolean {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/g, "");
  const count = (pattern: RegExp): number => bare.match(pattern)?.length ?? 0;
  return count(/[([{]/g) > count(/[)\]}]/g);
}

function continues(next: string): boolean {
  return /^\??\.\w/.test(next);
}
