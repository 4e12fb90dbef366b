/** Ways in which a text sets tests aside that the text before it did not have; the first of them. */
export function setsAside(before: string, after: string): string | undefined {
  return added(before, after, aside);
}

const aside =
  /\bitems\[:\]\s*=\s*\[\s*\]|\bitems\.clear\(\)|\btestMatch["']?\s*[:=]\s*\[\s*\]|testPathIgnorePatterns[^\n]{0,200}|modulePathIgnorePatterns[^\n]{0,200}|\bcollect_ignore\w*[^\n]{0,200}|addopts[^\n]{0,200}(?:--ignore|--deselect|-k\s|-m\s+["']?not)[^\n]{0,200}|--(?:ignore|deselect)[= ][^\n]{0,200}|--testPathIgnorePatterns[^\n]{0,200}|-DskipTests\b|<skipTests>\s*true|<maven\.test\.skip>\s*true|-Dmaven\.test\.skip\b|\bskipTests\s*=\s*true|\btest(?:Task)?\s*\{\s*enabled\s*=?\s*false|\btasks?\.\w*[tT]est\w*\.enabled\s*=\s*false|"?exclude(?:d)?"?\s*[:+]?=?[^\n]{0,200}(?:\.test\.|\.spec\.|_test\.|\btest_|\bspecs?\/|\btests?\/)[^\n]{0,200}|\bgrepInvert[^\n]{0,200}|testNamePattern[^\n]{0,200}|<exclude>[^\n<]*Test[^\n<]*<\/exclude>|#\s*\[\[test\]\]|\btest\s*=\s*false/i;

/** A test command that succeeds whatever the tests say, where the one before it did not. */
export function passesAnyway(before: string, after: string): string | undefined {
  return added(before, after, anyway);
}

const anyway =
  /\b(?:test|jest|vitest|mocha|pytest|ava|playwright|cypress|rspec|phpunit|tap|c8|nyc|karma)\b[^\n"]{0,300}?(?:\|\|\s*(?:true|:|exit 0|echo\b)|;\s*(?:true|exit 0|:)(?=["'\s]|$))|--pass-?with-?no-?tests\b|\bpassWithNoTests\s*[:=]\s*true|"?(?:scripts\.)?test"?\s*[:=]\s*["']?(?:exit 0|true|:|echo [^"'\\\n&|;]*)["']?(?=[,\s}]|$)|\btestFailureIgnore>?\s*[>=]?\s*true|\bignoreFailures\s*=\s*true|-Dmaven\.test\.failure\.ignore|\|\|\s*(?:true|exit 0)\b/i;

/** Whether the line that starts the tests gives way to one that always succeeds. */
export function silencesRunner(before: string, after: string): boolean {
  const gone = linesOf(before).some((line) => startsTests.test(line));
  const is = linesOf(after);
  return gone && !is.some((line) => startsTests.test(line)) && is.some((line) => succeeds.test(line));
}

function linesOf(text: string): readonly string[] {
  return text
    .slice(0, textAtMost)
    .split("\n")
    .map((line) => line.replace(/^\s*(?:commands\s*=\s*)?@?/, "").trim());
}

const startsTests =
  /^(?:(?:npx|uv run|poetry run|bundle exec|python3? -m) )?(?:pytest|vitest|jest|mocha|rspec|phpunit|tox|ctest|(?:go|cargo|npm|yarn|pnpm|bun|mix|dotnet|deno) (?:run )?test)\b/;
const succeeds =
  /^(?:true|:|exit 0|echo\b[^;&|]*)$|^-\s*(?:pytest|vitest|jest|mocha|rspec|phpunit|tox|ctest|(?:go|cargo|npm|yarn|pnpm) )/;

function added(before: string, after: string, pattern: RegExp): string | undefined {
  // Most commands configure nothing, and compiling such a pattern takes longer than judging them.
  if (after === "") return undefined;
  const count = (text: string): number =>
    [...text.slice(0, textAtMost).matchAll(new RegExp(pattern, "gi"))].length;
  const found = pattern.exec(after.slice(0, textAtMost))?.[0];
  return found !== undefined && count(after) > count(before) ? found : undefined;
}

const textAtMost = 100_000;

/** A threshold of coverage that is lower after than before, or gone. */
export function lowersThreshold(before: string, after: string): string | undefined {
  const was = thresholds(before);
  const is = thresholds(after);
  for (const [name, value] of was) {
    const now = is.get(name);
    if (now !== undefined && now < value) return `${name} from ${value} to ${now}`;
  }
  return undefined;
}

const threshold =
  /\b(fail_under|cov-fail-under|branches|functions|lines|statements|minimum_coverage|minimum|threshold|check-coverage|target|mutationThreshold|line_coverage)["']?\s*[:=\s>]\s*["']?(\d+(?:\.\d+)?)/g;

function thresholds(text: string): ReadonlyMap<string, number> {
  return new Map(
    [...text.slice(0, textAtMost).matchAll(threshold)].map(([, name, value]) => [name ?? "", Number(value)]),
  );
}
