/** How one language's test runners write tests. Patterns see one line without surrounding space; comments are gone. */
export interface Language {
  readonly endings: RegExp;
  /** Paths that runners take for tests by convention. */
  readonly files: RegExp;
  readonly comment: RegExp;
  /** A test's head; the last group that took part is its name. */
  readonly test: RegExp;
  /** Where the head alone does not say it: an attribute on one of the lines above must match. */
  readonly attribute?: RegExp;
  /** Skipped, todo, expected to fail, disabled. */
  readonly mute: RegExp;
  /** Runs nothing but itself. */
  readonly focus?: RegExp;
  /** A mute that stands above the test and not inside it. */
  readonly above?: RegExp;
  /** Where an assertion begins. */
  readonly assertion: RegExp;
}

/** The language of a path, whether or not the file holds tests. */
export function languageOf(path: string): Language | undefined {
  return languages.find(({ endings }) => endings.test(path));
}

/** Whether runners take the file for tests. Data beside tests (fixtures, snapshots) is not. */
export function isTestFile(path: string): boolean {
  if (/(?:^|\/)(?:fixtures?|testdata|__fixtures__|__snapshots__|__mocks__|node_modules|vendor)\//.test(path))
    return false;
  return languageOf(path)?.files.test(path) === true;
}

const slashes = /^(?:\/\/|\/\*|\*)/;
const hash = /^#(?!\[)/;

const languages: readonly Language[] = [
  {
    endings: /\.(?:[cm]?[jt]sx?|vue|svelte)$/,
    files:
      /(?:\.|_|-)(?:test|spec|tests|cy|e2e)\.[cm]?[jt]sx?$|(?:^|\/)(?:__tests__|tests?|specs?|e2e|cypress)\/.*\.[cm]?[jt]sx?$|(?:^|\/)test\.[cm]?[jt]sx?$/,
    comment: slashes,
    test: /^(?:await\s+|return\s+|void\s+)?(?:\w+\.)?(?:it|test|specify|xit|xtest|fit|ftest|xspecify)(?:\.\w+(?:\([^()]*\)|`[^`]*`)?)*\s*\(\s*(?:"([^"]*)|'([^']*)|`([^`]*))/,
    mute: /\b(?:it|test|describe|context|suite|specify|bench)(?:\.\w+)*\.(?:skip|todo|fixme|fails|failing|skipIf|runIf)\b|\bx(?:it|test|describe|context|specify)\s*\(|\b(?:this|t|ctx|context)\.(?:skip|todo)\(|^(?:it|test|describe)\b.*[{,]\s*(?:skip|todo):\s*(?!false\b)/,
    focus:
      /\b(?:it|test|describe|context|suite|specify)(?:\.\w+)*\.only\b|\bf(?:it|test|describe|context)\s*\(|^(?:it|test|describe)\b.*[{,]\s*only:\s*(?!false\b)/,
    assertion:
      /\b(?:expect|assert|check|verify|ensure)[A-Z]\w*\s*\(|\bexpect(?:\.\w+)?\s*\(|\bassert(?:\.\w+)*\s*\(|\bt\.(?:is|not|deepEqual|notDeepEqual|equal|notEqual|same|ok|notOk|true|false|truthy|falsy|throws\w*|notThrows\w*|like|regex|match|assert\.\w+)\s*\(|\bshould\.\w/,
  },
  {
    endings: /\.pyi?$/,
    files: /(?:^|\/)(?:test_[^/]*|[^/]*_tests?|tests?|conftest)\.py$|(?:^|\/)tests?\/.*\.py$/,
    comment: hash,
    test: /^(?:async\s+)?def\s+(test\w*)\s*\(/,
    mute: /@pytest\.mark\.(?:skip|skipif|xfail)\b|@(?:unittest\.)?(?:skip|skipIf|skipUnless|expectedFailure)\b|\bpytest\.(?:skip|xfail|importorskip)\(|\bself\.skipTest\(|\braise\s+(?:unittest\.)?SkipTest\b|^__test__\s*=\s*False|^pytestmark\s*=.*\b(?:skip|skipif|xfail)\b|\bmarks\s*=.*\b(?:skip|xfail)\b|^collect_ignore/,
    above: /^@/,
    assertion:
      /^assert\b(?!_)|\bself\.(?:assert\w+|fail)\(|\bpytest\.(?:raises|warns|fail)\(|\b(?:assert|check|verify|expect|ensure|validate)_\w+\(/,
  },
  {
    endings: /\.go$/,
    files: /_test\.go$/,
    comment: /^(?:\/\/(?!go:build)|\/\*|\*)/,
    test: /^func\s+((?:Test|Benchmark|Fuzz|Example)\w*)\s*\(|^\w+\.Run\(\s*"([^"]*)"/,
    mute: /\b[tbf]\.Skip(?:f|Now)?\(|^\/\/go:build\s+ignore\b/,
    assertion:
      /\b(?:assert|require|is|qt)\.\w+\(|\b(?:expect|assert|check|verify|validate|ensure|require|must)(?:[A-Z]\w*)?\(|\b[tb]\.(?:Errorf?|Fatalf?|Fail|FailNow)\(/,
  },
  {
    endings: /\.rs$/,
    files: /(?:^|\/)tests\/.*\.rs$|(?:^|\/)(?:tests?|[^/]*_tests?)\.rs$/,
    comment: /^(?:\/\/|\/\*|\*)/,
    test: /^(?:pub\s+)?(?:async\s+)?fn\s+(\w+)/,
    attribute: /^#\[(?:\w+::)*(?:test|rstest|test_case|quickcheck|wasm_bindgen_test)\b/,
    mute: /^#\[ignore\b|^#\[cfg_attr\(.*\bignore\b/,
    above: /^#\[/,
    assertion: /\b(?:debug_)?assert(?:_\w+)?!\s*[([]|\bpanic!\s*\(/,
  },
  {
    endings: /\.(?:java|kt|kts|groovy|scala)$/,
    files:
      /(?:^|\/)src\/(?:test|\w+Test|integrationTest|it)\/|(?:Tests?|TestCase|IT|Spec)\.(?:java|kt|groovy|scala)$/,
    comment: slashes,
    test: /^(?:@\w+\s+)*(?:public\s+|private\s+|internal\s+|protected\s+|static\s+|final\s+|suspend\s+)*(?:void|fun)\s+(?:`([^`]+)`|(\w+))\s*\(/,
    attribute: /^@(?:\w+\.)*(?:Test|ParameterizedTest|RepeatedTest|TestFactory|Property|Theory)\b/,
    mute: /^@(?:\w+\.)*(?:Ignore|Disabled\w*|EnabledIf\w*|EnabledOn\w*)\b|\b(?:Assumptions?\.)?assume(?:True|False|That|NoException)\s*\(|\benabled\s*=\s*false\b/,
    above: /^@/,
    assertion:
      /\b(?:\w+\.)?(?:assert\w*|verify\w*|fail)\s*\(|\bexpectThrows\s*\(|\bshouldBe\b|\bshouldThrow\b/,
  },
  {
    endings: /\.cs$/,
    files: /(?:Tests?|Specs?)\.cs$|(?:^|\/)[^/]*\.?Tests?\/.*\.cs$/,
    comment: slashes,
    test: /^(?:public|internal|private)\s+(?:static\s+|override\s+|virtual\s+)*(?:async\s+)?(?:void|Task|ValueTask)\s+(\w+)\s*\(/,
    attribute: /^\[(?:.*\b)?(?:Fact|Theory|Test|TestMethod|DataTestMethod|TestCase)\b/,
    mute: /^\[(?:.*\b)?(?:Ignore|Explicit)\b|\bSkip\s*=\s*"|\bAssert\.(?:Ignore|Inconclusive|Skip)\b/,
    above: /^\[/,
    assertion: /\bAssert\.(?!Ignore|Inconclusive|Skip)\w+|\.Should\(\)|\.ShouldBe\w*\(/,
  },
  {
    endings: /\.rb$/,
    files: /_(?:spec|test)\.rb$|(?:^|\/)(?:spec|test)\/.*\.rb$|(?:^|\/)test_[^/]*\.rb$/,
    comment: hash,
    test: /^(?:x|f)?(?:it|specify|example|scenario|test)\s*\(?\s*(?:"([^"]*)"|'([^']*)')|^def\s+(test_\w+)/,
    mute: /^(?:xit|xdescribe|xcontext|xspecify|xexample|xscenario)\b|^(?:pending|skip)\b(?!\s*[=.:])|[,(]\s*(?:skip|pending):\s*(?!false|nil)|[,(]\s*:(?:skip|pending)\b/,
    focus: /^(?:fit|fdescribe|fcontext|fspecify)\b|[,(]\s*(?:focus:\s*true|:focus)\b/,
    assertion: /\bexpect\b\s*[({]|\b(?:assert|refute)\w*\b|\.should(?:_not)?\b|\.(?:must|wont)_\w+|\bflunk\b/,
  },
  {
    endings: /\.php$/,
    files: /Test\.php$|(?:^|\/)tests?\/.*\.php$/i,
    comment: /^(?:\/\/|\/\*|\*|#(?!\[))/,
    test: /^(?:final\s+)?(?:public\s+)?(?:static\s+)?function\s+(test\w*)\s*\(|^(?:it|test)\s*\(\s*(?:"([^"]*)"|'([^']*)')/,
    mute: /\bmarkTest(?:Skipped|Incomplete)\w*\(|->(?:skip|todo)\w*\(|^#\[(?:\\?\w+\\)*Requires\w+|^\*\s*@requires\b/,
    focus: /->only\(/,
    assertion: /(?:->|::)assert\w+\(|(?:->|::)expect\w*\(|\bexpect\s*\(|(?:->|::)fail\(/,
  },
  {
    endings: /\.exs?$/,
    files: /_test\.exs$/,
    comment: hash,
    test: /^test\s*\(?\s*"([^"]*)"/,
    mute: /^@(?:tag|moduletag|describetag)\s+:?skip\b/,
    above: /^@/,
    assertion: /^(?:assert|refute)\w*\b|\bflunk\(/,
  },
  {
    endings: /\.(?:c|cc|cpp|cxx|h|hpp)$/,
    files:
      /(?:_|-|\.)(?:unit)?tests?\.(?:c|cc|cpp|cxx)$|(?:^|\/)(?:test_|tests?\/).*\.(?:c|cc|cpp|cxx)$|Tests?\.(?:c|cc|cpp|cxx)$/,
    comment: slashes,
    test: /^(?:TEST|TEST_F|TEST_P|TYPED_TEST)\s*\(\s*(\w+\s*,\s*\w+)\s*\)|^(?:TEST_CASE|SCENARIO|SECTION)\s*\(\s*"([^"]*)"/,
    mute: /\bGTEST_SKIP\b|\bDISABLED_\w+|\bQSKIP\b|\[!?(?:mayfail|shouldfail)\]|\[\.\]/,
    assertion:
      /\b(?:EXPECT|ASSERT)_\w+\s*\(|\b(?:CHECK|REQUIRE)\w*\s*\(|\bQ(?:COMPARE|VERIFY)\w*\s*\(|\bassert\s*\(/,
  },
  {
    endings: /\.swift$/,
    files: /Tests?\.swift$|(?:^|\/)Tests\/.*\.swift$/,
    comment: slashes,
    test: /^(?:@Test\b.*\s)?(?:public\s+|private\s+|override\s+)*func\s+(test\w*)\s*\(|^@Test\b.*\bfunc\s+(\w+)/,
    mute: /\bXCTSkip\w*\b|\.disabled\(/,
    assertion: /\bXCT(?:Assert|Fail|Unwrap)\w*\s*\(|#(?:expect|require)\s*\(/,
  },
];
