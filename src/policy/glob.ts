/**
 * The globs that a scope may use: literal text, `*`, `?`, `**` as a whole folder part, and `{a,b}`. Sets of such
 * globs can be intersected exactly, so that a task's scope joined with the policy's scope is again a plain list,
 * which everything that asks "is this path in scope?" reads in the same way. Brackets, parentheses and `!` would
 * break that, and more often stand for a folder's real name (`app/[slug]/page.tsx`) than for a pattern.
 */
export const globPattern =
  /^(?!\/|!|\.\/)(?!.*\/$)(?!.*\/\/)(?!(?:.*\/)?\.\.?(?:\/|$))(?!.*[^/]\*\*)(?!.*\*\*[^/])[^\\[\]()"|]+$/;

/** What is wrong with a glob, with the way out, or `undefined`. */
export function globProblem(glob: string): { readonly says: string; readonly fix: string } | undefined {
  if (glob === "") return { says: "is empty", fix: "write a path, or ** for everything" };
  if (glob.startsWith("/"))
    return {
      says: `${quote(glob)} is an absolute path`,
      fix: "write it relative to the repository root, without the leading /",
    };
  if (glob.startsWith("./"))
    return { says: `${quote(glob)} starts with ./`, fix: `write ${quote(glob.slice(2))}` };
  if (glob.startsWith("!"))
    return {
      says: `${quote(glob)} starts with !`,
      fix: `put ${quote(glob.slice(1))} into the deny list instead`,
    };
  if (glob.endsWith("/"))
    return {
      says: `${quote(glob)} names a folder, and only files are matched`,
      fix: `write ${quote(`${glob}**`)}`,
    };
  if (/[^/]\*\*|\*\*[^/]/.test(glob.replace(/\{[^}]*\}/g, "x")))
    return {
      says: `${quote(glob)} has ** beside other text`,
      fix: "write * within a name, and ** only as a whole part between slashes",
    };
  if (glob.split("/").includes("."))
    return { says: `${quote(glob)} has a part that is only a dot`, fix: "leave that part out" };
  if (glob.split("/").includes(".."))
    return { says: `${quote(glob)} leaves the repository`, fix: "write a path without .." };
  const odd = /[\\[\]()"|]/.exec(glob)?.[0];
  if (odd !== undefined)
    return {
      says: `${quote(glob)} contains ${odd}, which is not part of these globs`,
      fix: "use *, **, ? and {a,b}; write ? or * in the place of a bracket in a real name",
    };
  if (glob.includes("//")) return { says: `${quote(glob)} has an empty part`, fix: "write one / there" };
  if (expandBraces(glob) === undefined)
    return {
      says: `${quote(glob)} has braces that are not a list`,
      fix: "write {a,b}: two or more parts, closed, without ** inside, at most 100 combinations",
    };
  return undefined;
}

/**
 * Globs for exactly the paths that match one of `first` and one of `second`. `undefined` when they would be more
 * than a thousand, which takes many stars on both sides.
 */
export function intersection(
  first: readonly string[],
  second: readonly string[],
): readonly string[] | undefined {
  const found = new Set<string>();
  for (const left of first.flatMap(alternatives)) {
    for (const right of second.flatMap(alternatives)) {
      if (covers(left, right)) found.add(right);
      else if (covers(right, left)) found.add(left);
      else {
        const both = meet(left.split("/"), right.split("/"), "**", meetSegments);
        if (both === undefined) return undefined;
        for (const glob of both.map((parts) => parts.join("/"))) {
          found.add(glob);
          // The same rule the other way round: here nothing below is meant as well.
          if (spelledOut(glob) !== glob) found.add(glob.replace(tail, ""));
        }
      }
      if (found.size > atMost) return undefined;
    }
  }
  return [...found].filter(
    (glob) => ![...found].some((other) => other !== glob && covers(other, glob) && !covers(glob, other)),
  );
}

/** Whether every path that matches a glob of `inner` surely matches one of `outer`. A `false` may mean: not provable. */
export function within(inner: readonly string[], outer: readonly string[]): boolean {
  const outers = outer.flatMap(alternatives);
  return inner.flatMap(alternatives).every((glob) => outers.some((one) => covers(one, glob)));
}

const atMost = 1000;
const expandAtMost = 100;

function alternatives(glob: string): readonly string[] {
  const expanded = expandBraces(glob) ?? [glob];
  // After a closing brace, picomatch lets "nothing below" pass in every case.
  const loose = /\}(?:\/\*\*)+$/.test(glob) ? expanded.map((one) => one.replace(tail, "")) : [];
  return [...new Set([...loose, ...expanded.map(spelledOut)])];
}

const tail = /(?:\/\*\*)+$/;

// `a/**` matches `a` itself, but `a*/**` does not match `ab`: picomatch wants something below a part that ends in a
// star. Spelled out as `a*/**/*`, two stars mean "any number of parts, or none" everywhere.
function spelledOut(glob: string): string {
  return glob.replace(/((?:^|\/)(?:[^/]*[^/*])?\*)(?:\/\*\*)+$/, "$1/**/*");
}

/** `undefined` for braces that are no list. */
function expandBraces(glob: string): readonly string[] | undefined {
  const open = glob.indexOf("{");
  if (open === -1) return glob.includes("}") ? undefined : [glob];
  const parts: string[] = [];
  let depth = 0;
  let from = open + 1;
  for (let at = open; at < glob.length; at += 1) {
    const char = glob[at];
    if (char === "{") depth += 1;
    if (char === "," && depth === 1) {
      parts.push(glob.slice(from, at));
      from = at + 1;
    }
    if (char === "}") {
      depth -= 1;
      if (depth === 0) {
        parts.push(glob.slice(from, at));
        if (parts.length < 2 || glob.slice(open, at).includes("**")) return undefined;
        const before = glob.slice(0, open);
        const after = glob.slice(at + 1);
        const made: string[] = [];
        for (const part of parts) {
          const more = expandBraces(before + part + after);
          if (more === undefined) return undefined;
          made.push(...more);
          if (made.length > expandAtMost) return undefined;
        }
        return made;
      }
    }
  }
  return undefined;
}

/** Containment by treating the inner glob's wildcards as letters that only a wildcard of the outer one can match. */
function covers(outer: string, inner: string): boolean {
  return absorbs(outer.split("/"), inner.split("/"), "**", (segment, other) =>
    other === "**"
      ? false
      : absorbs([...plain(segment)], [...plain(other)], "*", (char, letter) =>
          char === "?" ? letter !== "*" : char === letter,
        ),
  );
}

// `a**b` inside one folder part means `a*b`.
function plain(segment: string): string {
  return segment.replace(/\*{2,}/g, "*");
}

function absorbs(
  outer: readonly string[],
  inner: readonly string[],
  star: string,
  one: (outer: string, inner: string) => boolean,
): boolean {
  // Reachable positions in `outer` after each unit of `inner`; bounded by the product of the lengths.
  let reached = new Set<number>(skipStars(outer, 0, star));
  for (const unit of inner) {
    const next = new Set<number>();
    for (const at of reached) {
      const mine = outer[at];
      if (mine === undefined) continue;
      if (mine === star) for (const to of skipStars(outer, at, star)) next.add(to);
      else if (unit !== star && one(mine, unit))
        for (const to of skipStars(outer, at + 1, star)) next.add(to);
    }
    reached = next;
  }
  return reached.has(outer.length);
}

function skipStars(units: readonly string[], from: number, star: string): readonly number[] {
  const places = [from];
  for (let at = from; units[at] === star; at += 1) places.push(at + 1);
  return places;
}

function meetSegments(left: string, right: string): readonly string[] | undefined {
  // No path of a file has an empty name, `.` or `..` in it.
  const both = meet([...plain(left)], [...plain(right)], "*", (a, b) => {
    if (a === "?") return [b];
    if (b === "?" || a === b) return [a];
    return [];
  });
  return both?.map((chars) => plain(chars.join(""))).filter((segment) => !["", ".", ".."].includes(segment));
}

/** Every way in which two rows of units can be one row; a star stands for any number of units. */
function meet(
  left: readonly string[],
  right: readonly string[],
  star: string,
  one: (left: string, right: string) => readonly string[] | undefined,
): readonly (readonly string[])[] | undefined {
  const known = new Map<string, readonly (readonly string[])[] | undefined>();
  const from = (i: number, j: number): readonly (readonly string[])[] | undefined => {
    const key = `${i},${j}`;
    if (known.has(key)) return known.get(key);
    const made = compute(i, j);
    const distinct = made && [...new Map(made.map((row) => [row.join("\n"), row])).values()];
    const bounded = distinct !== undefined && distinct.length > atMost ? undefined : distinct;
    known.set(key, bounded);
    return bounded;
  };
  const compute = (i: number, j: number): readonly (readonly string[])[] | undefined => {
    const a = left[i];
    const b = right[j];
    if (a === undefined && b === undefined) return [[]];
    if (a === star && b === star)
      return joined(prefixed([star], from(i + 1, j)), prefixed([star], from(i, j + 1)));
    if (a === star) return joined(from(i + 1, j), b === undefined ? [] : prefixed([b], from(i, j + 1)));
    if (b === star) return joined(from(i, j + 1), a === undefined ? [] : prefixed([a], from(i + 1, j)));
    if (a === undefined || b === undefined) return [];
    const units = one(a, b);
    if (units === undefined) return undefined;
    return units.length === 0 ? [] : prefixed(units, from(i + 1, j + 1));
  };
  const prefixed = (
    units: readonly string[],
    rest: readonly (readonly string[])[] | undefined,
  ): readonly (readonly string[])[] | undefined =>
    rest?.flatMap((row) => units.map((unit) => (unit === star && row[0] === star ? row : [unit, ...row])));
  return from(0, 0);
}

function joined<T>(
  first: readonly T[] | undefined,
  second: readonly T[] | undefined,
): readonly T[] | undefined {
  return first === undefined || second === undefined ? undefined : [...first, ...second];
}

function quote(text: string): string {
  return JSON.stringify(text);
}
