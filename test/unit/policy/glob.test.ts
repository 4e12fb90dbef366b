import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { matchesAny } from "../../../src/core/glob.ts";
import { globPattern, globProblem, intersection, within } from "../../../src/policy/glob.ts";

const letters = fc.constantFrom("a", "b", ".");
// picomatch has a shortcut for `*.*` that wants a letter after the dot, so names do not end in one.
const name = fc
  .array(letters, { minLength: 1, maxLength: 3 })
  .map((chars) => chars.join(""))
  .filter((text) => !text.endsWith("."));
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const part = fc.oneof(
  { weight: 3, arbitrary: name },
  {
    weight: 3,
    arbitrary: fc
      .array(fc.constantFrom("a", "b", ".", "*", "?"), { minLength: 1, maxLength: 4 })
      .map((chars) => chars.join("")),
  },
  { weight: 2, arbitrary: fc.constantFrom("**", "*", "{a,b}", "{a.b,b}", "a{a,b}*", "{a,b*}") },
);
const glob = fc
  .array(part, { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join("/"))
  .filter((text) => globProblem(text) === undefined);

test("a path matches an intersection exactly when it matches both sides", () => {
  fc.assert(
    fc.property(glob, glob, fc.array(path, { minLength: 5, maxLength: 20 }), (first, second, paths) => {
      const both = intersection([first], [second]);
      assert.ok(both !== undefined);
      for (const one of paths)
        assert.equal(
          matchesAny(one, both),
          matchesAny(one, [first]) && matchesAny(one, [second]),
          `${one} for ${both.join(" ")}`,
        );
    }),
    { numRuns: 1000 },
  );
});

test("a glob that is within another matches nothing that the other does not", () => {
  fc.assert(
    fc.property(glob, glob, fc.array(path, { minLength: 5, maxLength: 20 }), (inner, outer, paths) => {
      if (!within([inner], [outer])) return;
      for (const one of paths) if (matchesAny(one, [inner])) assert.ok(matchesAny(one, [outer]), one);
    }),
    { numRuns: 1000 },
  );
});

test("intersections are as short as they can be", () => {
  assert.deepEqual(intersection(["**"], ["src/**"]), ["src/**"]);
  assert.deepEqual(intersection(["src/**"], ["src/a/*.ts", "docs/**"]), ["src/a/*.ts"]);
  assert.deepEqual(intersection(["src/**"], ["**/*.ts"]), ["src/**/*.ts"]);
  assert.deepEqual(intersection(["{src,test}/**"], ["**/*.ts"]), ["src/**/*.ts", "test/**/*.ts"]);
  assert.deepEqual(intersection(["src/**"], ["docs/**"]), []);
});

test("stars without end on both sides are an answer, not an endless loop", () => {
  const stars = "*a*b*c*d*e*f*g*h*";
  assert.equal(intersection([stars], [[...stars].toReversed().join("")]), undefined);
});

test("being within is seen through stars, lists and several globs", () => {
  assert.equal(within(["src/a/**", "src/b.ts"], ["src/**"]), true);
  assert.equal(within(["{a,b}/**"], ["a/**", "b/**"]), true);
  assert.equal(within(["src/**"], ["src/*"]), false);
  assert.equal(within(["**"], ["src/**"]), false);
});

test("each kind of bad glob gets its own way out", () => {
  const bad: Readonly<Record<string, string>> = {
    "/src/**": "write it relative to the repository root, without the leading /",
    "./src/**": 'write "src/**"',
    "!src/**": 'put "src/**" into the deny list instead',
    "src/": 'write "src/**"',
    "../x": "write a path without ..",
    "app/[slug]/page.tsx": "use *, **, ? and {a,b}; write ? or * in the place of a bracket in a real name",
    "src/{a}": "write {a,b}: two or more parts, closed, without ** inside, at most 100 combinations",
    "src/**.ts": "write * within a name, and ** only as a whole part between slashes",
    "{a,b}**": "write * within a name, and ** only as a whole part between slashes",
    "a/./b": "leave that part out",
    "{**/a,b}": "write {a,b}: two or more parts, closed, without ** inside, at most 100 combinations",
  };
  for (const [text, fix] of Object.entries(bad)) assert.equal(globProblem(text)?.fix, fix);
});

test("what the pattern of the editors' schema refuses, the program can explain", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), (text) => {
      if (!text.includes("\n") && !globPattern.test(text))
        assert.ok(globProblem(text) !== undefined, JSON.stringify(text));
    }),
    { numRuns: 1000 },
  );
});
