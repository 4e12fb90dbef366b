/** An assertion in the text of a test, in so far as one line of reading can tell. */
export interface Assertion {
  /** Without white space that means nothing. */
  readonly text: string;
  /** The last matcher or the function's name, lower case, letters only; empty where none was found. */
  readonly matcher: string;
  /** 4 exact, 3 partial, 2 kind or presence, 1 truth, 0 cannot fail; `undefined` where the matcher is not known. */
  readonly strength: Strength | undefined;
  readonly args: readonly string[];
  /** Identifiers and literals, for likeness. */
  readonly words: ReadonlySet<string>;
}

export type Strength = 0 | 1 | 2 | 3 | 4;

export function readAssertion(statement: string): Assertion {
  const text = statement
    .replace(/\s+/g, " ")
    .replace(/\s*([(),;[\]{}])\s*/g, "$1")
    .replace(/[;,]+$/, "")
    .trim();
  const { matcher, args, negated } = callOf(text);
  return {
    text,
    matcher,
    args,
    strength: vacuous(text, args) ? 0 : strengthOf(text, matcher, args, negated),
    words: new Set(
      (text.match(/[A-Za-z_]\w*|\d+(?:\.\d+)?/g) ?? []).filter(
        (word) => !grammar.has(word.toLowerCase()) && lettersOf(word) !== matcher,
      ),
    ),
  };
}

/**
 * How much two assertions speak of the same thing, from 0 to 1. A short one whose words all stand in the other
 * (`assert.ok(mean(list))`) is nearly as like as one with the same words.
 */
export function likeness(a: Assertion, b: Assertion): number {
  const common = [...a.words].filter((word) => b.words.has(word)).length;
  if (common === 0) return a.words.size + b.words.size === 0 ? 1 : 0;
  const shared = common / (a.words.size + b.words.size - common);
  return Math.max(shared, (0.75 * common) / Math.min(a.words.size, b.words.size));
}

interface Loosening {
  readonly says: string;
}

/** Why the second assertion demands less than the first, or `undefined`. */
export function loosened(before: Assertion, after: Assertion): Loosening | undefined {
  if (after.strength === 0 && before.strength !== 0) return { says: "cannot fail any more" };
  const tolerance = widened(before, after);
  if (tolerance !== undefined) return { says: tolerance };
  if (before.strength === undefined || after.strength === undefined || after.strength >= before.strength)
    return undefined;
  if (
    booleanTest(after.matcher) &&
    before.args.some((arg) => /^(?:true|false|True|False|TRUE|FALSE)$/.test(arg))
  )
    return undefined;
  return { says: `demands ${demands[after.strength]} where it demanded ${demands[before.strength]}` };
}

const demands: Readonly<Record<Strength, string>> = {
  4: "an exact value",
  3: "part of a value",
  2: "a kind or a presence",
  1: "something true",
  0: "nothing",
};

const grammar = new Set([
  "expect",
  "assert",
  "to",
  "be",
  "not",
  "await",
  "self",
  "this",
  "t",
  "equal",
  "equals",
  "tobe",
  "toequal",
  "should",
  "is",
  "return",
]);

// The matcher is the last call of a chain (`expect(x).not.toBe(3)`), or the call itself (`assertEqual(a, b)`).
function callOf(text: string): {
  readonly matcher: string;
  readonly args: readonly string[];
  readonly negated: boolean;
} {
  const ruby = /^expect[({].*[)}]\.(to|not_to|to_not)[ (]\(?(\w+)[ (]?(.*?)\)*$/.exec(text);
  if (ruby !== null)
    return {
      matcher: lettersOf(String(ruby[2])),
      args: [String(ruby[3])].filter(Boolean),
      negated: ruby[1] !== "to",
    };
  const python = /^assert (.+)$/.exec(text);
  if (python !== null && !text.startsWith("assert (") && !/^assert\w*\(/.test(text))
    return { matcher: "assert", args: [String(python[1])], negated: false };
  const negated = /\.(?:not|never|isNot)\b/.test(text);
  const calls = topLevelCalls(text);
  const last = calls.at(-1);
  // chai: `expect(x).to.be.true`
  const property = /\)((?:\.\w+)+)$/.exec(text)?.[1];
  if (property !== undefined && calls.length > 0)
    return {
      matcher: `prop${lettersOf(property.slice(property.lastIndexOf(".") + 1))}`,
      args: last?.args ?? [],
      negated,
    };
  return last === undefined
    ? { matcher: "", args: [], negated }
    : { matcher: lettersOf(last.name), args: last.args, negated };
}

function topLevelCalls(text: string): readonly { readonly name: string; readonly args: readonly string[] }[] {
  const calls: { name: string; args: readonly string[] }[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf("(", at);
    if (open === -1) break;
    const close = closingOf(text, open);
    const name = /([\w]+)!?$/.exec(text.slice(0, open).replace(/<[^<>]*>$/, ""))?.[1];
    if (name !== undefined) calls.push({ name, args: splitArguments(text.slice(open + 1, close)) });
    at = close + 1;
  }
  return calls;
}

function closingOf(text: string, open: number): number {
  let depth = 0;
  let quote = "";
  for (let at = open; at < text.length; at++) {
    const char = text[at] ?? "";
    if (quote !== "") {
      if (char === "\\") at++;
      else if (char === quote) quote = "";
    } else if (char === '"' || char === "'" || char === "`") quote = char;
    else if ("([{".includes(char)) depth++;
    else if (")]}".includes(char) && --depth === 0) return at;
  }
  return text.length;
}

function splitArguments(text: string): readonly string[] {
  const found: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? "";
    if ("([{".includes(char)) at = closingOf(text, at);
    else if (char === '"' || char === "'" || char === "`") at = endOfQuote(text, at);
    else if (char === ",") {
      found.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  return [...found, text.slice(start).trim()].filter((arg) => arg !== "");
}

function endOfQuote(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === text[open]) return at;
  }
  return text.length;
}

function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, "");
}

const exact =
  /^(?:tobe|to(?:strict)?equal|(?:deep)?(?:strict)?(?:deep)?equals?|is|same|eql?|be|(?:assert|expect|require)(?:eq|streq|equals?|same|identical|dictequal|listequal|setequal|tupleequal|sequenceequal|count|jsonequal)|asserteq|isequalto|xctassertequal|exactly|equalvalues|jsoneq|yamleq|len|length|lengthof|tohavelength|tohavebeencalledwith|tohavebeencalledtimes|tohavebeenlastcalledwith|toreturnwith|assertarrayequals|assertjsonstringequals\w*|shouldbe|isequal|members|deepmembers|tomatchinlinesnapshot|tomatchsnapshot|snapshot|shouldequal|assertmatches)$/;
const partial =
  /^(?:to(?:contain(?:equal)?|match(?:object)?|haveproperty|becloseto|begreaterthan\w*|belessthan\w*|throw\w*)|contains?\w*|includes?\w*|match(?:es)?|matchregex|like|regex|(?:assert|expect)(?:in|regex|contains\w*|containsstring|almostequals?|greater\w*|less\w*|near|allclose|raises\w*|throws?\w*|lt|le|gt|ge|stringcontains\w*|matchesregularexpression|arrayhaskey)|throws?\w*|rejects|raiseerror|closeto|approximately|above|below|atleast|atmost|least|most|greater\w*|less\w*|indelta|inepsilon|elementsmatch|subset|property|keys?|contain|startwith|endwith|errorcontains|errorregexp|errorcontains|eventually|haveattributes|assertalmostequal|xctassertgreater\w*|xctassertless\w*|hassize|raises)$/;
const presence =
  /^(?:tobe(?:instanceof|typeof|defined|undefined|null|nan|empty)|instanceof|an?|bean?|beinstanceof|isinstance\w*|(?:assert)?(?:is)?not(?:null|none|nil|empty|undefined)|(?:assert)?isnotnone|assert(?:is)?(?:null|none|nil|instance\w*|isinstance|empty|instanceof|type)|is(?:null|nil|none|empty|instanceof)|exists?|prop(?:exist|empty|null|undefined|ok)|noerror|error|doesnotthrow|donotthrow|notthrows\w*|tohavebeencalled|called|nil|empty|isa|implements|istype|resolves|somethingto|bepresent|nilor|beinstance|notempty|bekindof|tobeinthedocument|tobevisible|expectcall)$/;
const truth =
  /^(?:tobe(?:truthy|falsy)|ok|notok|truthy|falsy|true|false|prop(?:true|false)|assert|assert(?:true|false|not)|expecttrue|expectfalse|check|require|betrue|befalse|betruthy|befalsey|istrue|isfalse|xctassert|xctasserttrue|xctassertfalse|refute|debugassert)$/;
const different =
  /^(?:not(?:strict|deep)?(?:strict)?(?:equal|same|deepequal|equals?)|assertnot(?:equals?|same|in|contains\w*)|(?:expect|assert)ne|assertne|notequalvalues|notcontains|doesnotcontain\w*|isnotequalto|doesnotmatch|refuteequal|refuteincludes|not)$/;

function strengthOf(
  text: string,
  matcher: string,
  args: readonly string[],
  negated: boolean,
): Strength | undefined {
  if (/\bexpect\.(?:anything|any)\(|\b(?:mock\.)?ANY\b/.test(args.join(","))) return 2;
  if (truth.test(matcher)) return strengthOfCondition(args.join(","));
  if (different.test(matcher)) return 2;
  if (exact.test(matcher)) return negated ? 2 : 4;
  if (partial.test(matcher)) return /\btoThrow\b/.test(text) && negated ? 2 : 3;
  return presence.test(matcher) ? 2 : undefined;
}

// `assert.ok(a === b)` and `assert a == b` demand what their operator demands.
function strengthOfCondition(condition: string): Strength {
  const outside = condition.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""');
  if (/===?(?!=)|\.equals?\(|\.eq\(/.test(outside)) return 4;
  if (/!==?|\bis not None\b|\bis None\b|\binstanceof\b|\bisinstance\(/.test(outside)) return 2;
  if (
    /\bnot in\b|\bin\b|[^=-]>=?(?!>)|<=?[^<]|\.(?:includes|contains|match(?:es)?|test|starts_?with|ends_?with)\(/i.test(
      outside,
    )
  )
    return 3;
  return 1;
}

// Assertions that hold whatever the code does.
function vacuous(text: string, args: readonly string[]): boolean {
  if (/(?:\|\||\bor) *(?:true|True)\b(?! *[=!<>&])/.test(text)) return true;
  if (
    /^(?:assert|self\.assertTrue|assertTrue|assert\.ok|assert\.isTrue|\$this->assertTrue|assert!|Assert\.(?:True|IsTrue))[ (]\(?(?:true|True|1|not False|!false)\)?(?:,.*)?\)?$/.test(
      text,
    )
  )
    return true;
  if (/^expect\((true|1|false|"[^"]*")\)\.(?:toBe|toEqual|toStrictEqual|to\.equal|to\.be)\(\1\)$/.test(text))
    return true;
  if (/^expect\((?:true|1)\)\.(?:toBeTruthy\(\)|to\.be\.(?:true|ok))$/.test(text)) return true;
  const [first, second] = args;
  const same = /equal|_eq!|_EQ\(|\.is\(|\.same\(/i.test(text) && args.length >= 2 && first === second;
  return same && first !== undefined && !/[({]/.test(first);
}

function booleanTest(matcher: string): boolean {
  return /^(?:true|false|assert(?:true|false)?|prop(?:true|false)|is(?:true|false)|expect(?:true|false)|xctasserttrue|xctassertfalse|betrue|befalse)$/.test(
    matcher,
  );
}

function widened(before: Assertion, after: Assertion): string | undefined {
  const named =
    /\b(places|decimal|delta|abs|rel|atol|rtol|abs_tol|rel_tol|tolerance|epsilon|within)\s*[=:]\s*([\d.e-]+)/;
  const was = named.exec(before.text);
  const is = named.exec(after.text);
  if (was !== null && is !== null && was[1] === is[1])
    return wider(Number(was[2]), Number(is[2]), /^(?:places|decimal)$/.test(String(was[1])));
  if (before.matcher !== after.matcher) return undefined;
  const number = (assertion: Assertion, at: number): number => Number(assertion.args[at] ?? NaN);
  if (before.matcher === "tobecloseto") return wider(number(before, 1), number(after, 1), true);
  if (/^(?:closeto|approximately)$/.test(before.matcher))
    return wider(number(before, 1), number(after, 1), false);
  if (
    /^(?:expectnear|assertnear|assertequals|indelta|inepsilon|assertalmostequal|asserteqfloat)$/.test(
      before.matcher,
    )
  ) {
    const third = before.args.length - 1;
    return third >= 2
      ? wider(number(before, third), number(after, third), before.matcher === "assertalmostequal")
      : undefined;
  }
  const bound = (assertion: Assertion): number => number(assertion, assertion.args.length - 1);
  if (/greater|above|atleast|^least$|(?:expect|assert)g[te]$/.test(before.matcher))
    return bound(after) < bound(before)
      ? `lowers its bound from ${bound(before)} to ${bound(after)}`
      : undefined;
  if (/less|below|atmost|^most$|(?:expect|assert)l[te]$/.test(before.matcher))
    return bound(after) > bound(before)
      ? `raises its bound from ${bound(before)} to ${bound(after)}`
      : undefined;
  return undefined;
}

function wider(was: number, is: number, digits: boolean): string | undefined {
  const looser = digits ? is < was : is > was;
  return looser ? `widens its tolerance from ${was} to ${is}${digits ? " digits" : ""}` : undefined;
}
