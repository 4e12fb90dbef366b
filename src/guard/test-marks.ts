import { languageOf } from "../core/test-language.ts";
import type { Language } from "../core/test-language.ts";

/** What a change of a text takes from the tests in it. */
export interface Lost {
  /** A mark that was not there before: without a condition it leaves the test out for good. */
  readonly skip?: { readonly text: string; readonly conditional: boolean };
  /** Assertions that go and that nothing takes the place of. */
  readonly assertions: number;
  /** Whether assertions that demanded a value give way to ones that are content with there being one. */
  readonly loosened: boolean;
  /** Tests that go: `all` where none is left. */
  readonly tests: "none" | "some" | "all";
}

/** Compares two states of a text in a file of this path; `undefined` where no language of tests is known for it. */
export function lostTests(path: string, before: string, after: string): Lost | undefined {
  const language = languageOf(path);
  if (language === undefined) return undefined;
  const was = linesOf(before, language);
  const is = linesOf(after, language);
  const skip = newMark(was, is, language);
  const gone = without(asserts(was, language), asserts(is, language));
  const come = without(asserts(is, language), asserts(was, language)).filter(
    (line) => !cannotFail.test(line),
  );
  return {
    ...(skip === undefined ? {} : { skip: { text: skip, conditional: conditional.test(skip) } }),
    assertions: come.length === 0 ? gone.length : 0,
    loosened: loosens(gone, come),
    tests: testsLost(was, is, language, gone.length > come.length),
  };
}

function testsLost(
  was: readonly string[],
  is: readonly string[],
  language: Language,
  fewerAssertions: boolean,
): Lost["tests"] {
  const before = heads(was, language);
  const after = heads(is, language);
  if (after >= before) return "none";
  const rest = is.filter((line) => !/^(?:import|from|use|using|package)\b|\brequire\(/.test(line)).join("\n");
  if (after === 0 && !headsAnyTest(rest, language)) return "all";
  return fewerAssertions && !tabled.test(rest) ? "some" : "none";
}

/** Also of tests whose names are made in a loop. */
function headsAnyTest(text: string, language: Language): boolean {
  return language.attribute === undefined && headsTest(text);
}

function heads(lines: readonly string[], { test, attribute }: Language): number {
  const head = attribute ?? test;
  return lines.filter((line) => head.test(line) || /^class Test\w*[(:]/.test(line)).length;
}

// One test that stands for many: a table, a loop.
const tabled =
  /\.each\b|\bforEach\b|\bfor\b[^\n]*\b(?:of|in|range)\b|parametrize|subTest|\.Run\(|Parameterized|InlineData|TestCase|rstest|dataProvider/i;

/** Whether every assertion that comes asks for less than those that go. */
function loosens(gone: readonly string[], come: readonly string[]): boolean {
  return (
    come.length > 0 &&
    gone.some((line) => exact.test(line) && !/\b(?:true|false)\b/i.test(line)) &&
    come.every((line) => loose.test(line) && !exact.test(line))
  );
}

/** Whether a text is what is left of a test file once nothing in it is tested. */
export function holdsNothing(path: string, text: string): boolean {
  const language = languageOf(path);
  return language !== undefined && linesOf(text, language).length <= linesLeft && !text.includes("test");
}

// `export {};`, an import, a line that only keeps the file from being empty.
const linesLeft = 2;

const textAtMost = 200_000;
const lineAtMost = 500;

/** Lines of code, trimmed; comments are gone, and so is an assertion that became one. */
function linesOf(text: string, language: Language): readonly string[] {
  return text
    .slice(0, textAtMost)
    .split("\n")
    .map((line) => line.trim().slice(0, lineAtMost))
    .filter((line) => line !== "" && !language.comment.test(line));
}

function newMark(was: readonly string[], is: readonly string[], language: Language): string | undefined {
  const mark = (line: string): boolean =>
    (language.mute.test(line) && !placeholder.test(line)) || (language.focus?.test(line) ?? false);
  const before = was.filter(mark);
  const after = is.filter(mark);
  const added = without(after, before);
  // A mark that was reworded, or stands on a test that was renamed, is not one more.
  return after.length > before.length ? added[0] : undefined;
}

// `it.todo("…")` announces a test; nothing that ran is left out.
const placeholder = /\b(?:it|test)\.todo\(\s*["'`][^"'`]*["'`]\s*\)/;

const conditional =
  /\b(?:skipIf|runIf|skipif|skipIf|skipUnless|importorskip|EnabledIf\w*|EnabledOn\w*|DisabledIf\w*|DisabledOn\w*|assume\w*|Requires\w*|cfg_attr|XCTSkip(?:If|Unless))\b|@requires\b|\bSkip(?:f|Now)?\(.*(?:short|CI|network|root|windows|linux|darwin|docker)/i;

const cannotFail =
  /\bexpect\((true|1)\)\.toBe(?:Truthy)?\(|\bexpect\((\w+)\)\.toBe\(\2\)|^assert\s+(True|1)\b|\bassertTrue\(\s*[Tt]rue\s*\)|\bassert(?:\.ok)?\(\s*true\s*[,)]|\bassert!\(true\b|^if\s*\(?(?:false|0)\b|^assert\b.*\bor True\s*$/;

function asserts(lines: readonly string[], language: Language): readonly string[] {
  return lines.filter((line) => language.assertion.test(line));
}

/** What stands in the first list more often than in the second. */
function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    if (count > 0) left.set(line, count - 1);
    return count === 0;
  });
}

// Marks of every language at once, for scripts that rewrite files line by line.
const anyMark =
  /\b(?:it|test|describe|context|suite|specify)(?:\.\w+)*\.(?:skip|only|fixme|failing|fails|todo)\b|\bx(?:it|test|describe|context|specify)\b|\bf(?:it|describe|context)\b|@(?:pytest\.mark\.|unittest\.)?(?:skip|skipif|skipIf|skipUnless|xfail|expectedFailure)\b|\bpytest\.(?:skip|mark\.(?:skip|xfail))\b|\bself\.skipTest\(|\bSkipTest\b|\bcollect_ignore\w*\b|#\[\s*ignore\b|\b[tbf]\.Skip(?:f|Now)?\(|@(?:Disabled|Ignore)\b|\[(?:Ignore|Explicit)\b|\bSkip\s*=\s*"|\bmarkTest(?:Skipped|Incomplete)\b|@(?:module|describe)?tag :?skip\b|\bGTEST_SKIP\b|\bDISABLED_|\bXCTSkip|\bthis\.skip\(|^\s*(?:pending|skip)\b|\.(?:skip|only)\b\s*\(?/g;

const anyAssertion =
  /\bexpect\b|\bassert\w*|\bshould\b|\brequire\.\w|\bEXPECT_|\bASSERT_|\bverify\w*|\bXCTAssert|\bt\.(?:Error|Fatal)|\bgot\s*!=|!=\s*want\b/i;

/** Whether text that is put in place of another adds a mark. */
export function addsMark(removed: string, added: string): boolean {
  return (added.match(anyMark)?.length ?? 0) > (removed.match(anyMark)?.length ?? 0);
}

/** Whether lines that hold this are the heads of tests. */
export function headsTest(text: string): boolean {
  return /\b(?:it|test|describe|context|specify)\s*[('"]|\bdef test|\bfunc Test|\bfn \w+|\bfunction test|@Test\b|#\[test\]|\bTEST(?:_F)?\(/.test(
    text,
  );
}

/** Whether text that is put in place of a test's head leaves it a name that no runner takes, or makes every line a comment. */
export function unnamesTest(removed: string, added: string): boolean {
  if (removed === "") return /^(?:\/\/|#|--)\s*$/.test(added);
  if (/\bdef test/.test(removed)) return /\bdef \w/.test(added) && !/\bdef test/.test(added);
  if (/\bfunc Test/.test(removed)) return /\bfunc \w/.test(added) && !/\bfunc Test/.test(added);
  return /^\s*(?:@Test|#\[test\])\s*$/.test(removed) && added.trim() === "";
}

/** Whether text that is put in place of another takes an assertion away: for good, or into a comment. */
export function dropsAssertion(removed: string, added: string): boolean {
  if (!anyAssertion.test(removed)) return false;
  const rest = added.trimStart();
  if (cannotFail.test(rest) && !cannotFail.test(removed)) return true;
  if (exact.test(removed) && loose.test(added) && !exact.test(added) && !/\b(true|false)\b/i.test(removed))
    return true;
  if (/^(\\\d|\$\d|&|\s)*(\/\/|#(?!\[)|\/\*|--)/.test(rest)) return true;
  return !anyAssertion.test(added) && !/\\[0-9]|\$[0-9]|&/.test(added)
    ? emptied.test(rest)
    : emptied.test(rest.replace(/^(\\\d|\$\d)+\s*/, ""));
}

// Matchers that demand a value, and those that are content with there being one.
const exact = /same|equals?\b|toBe\b|toEqual|toStrictEqual|\beq\b|_eq!|assertEq/i;
const loose =
  /not_?null|not_?none|not_?nil|toBeDefined|toBeTruthy|assert_?true|is_?defined|exists?\b|toBeTypeOf|instance/i;

const emptied = /^(pass|true|True|return;?|null|None|noop\(\);?|;|\.\.\.)?;?$/;
