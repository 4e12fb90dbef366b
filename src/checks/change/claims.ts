import type { Claim } from "../../core/change.ts";
import type { Finding } from "../../core/finding.ts";
import type { ChangeCheck } from "../change-check.ts";
import { touchedPaths } from "../touched-paths.ts";

/** Compares what the agent says that it changed with what the diff shows. `looked` counts claimed paths. */
export const check: ChangeCheck = {
  id: "claims",
  needs: ["change", "claim"],
  check({ change, claim, written }) {
    if (claim === undefined) return { check: "claims", looked: 0, findings: [] };
    const touched = touchedPaths(change);
    const claimed = [...new Set(claim.paths.map(tidied))].filter((path) => path !== "");
    // A file that was written and put back, or created and removed, was changed as the agent says: only the net is empty.
    const absent = claimed.filter((path) => !names(path, touched) && !names(path, written ?? []));
    const unclaimed =
      claim.source === "structured"
        ? change.files.filter(
            (file) => !claimed.some((path) => covers(path, file.path)) && !fromClaimed(file.from, claimed),
          )
        : [];
    return {
      check: "claims",
      looked: claimed.length + (claim.source === "structured" ? change.files.length : 0),
      findings: [
        ...absent.map((path): Finding => ({
          code: claim.source === "structured" ? "claims.not_in_diff" : "claims.prose_mismatch",
          says:
            claim.source === "structured"
              ? `${path} is reported as changed and the diff does not contain it`
              : `the closing words name ${path} as changed and the diff does not contain it`,
          measures: { claimed: claimed.length, changed: change.files.length },
          evidence: [{ path }],
        })),
        ...unclaimed.map((file): Finding => ({
          code: "claims.not_claimed",
          says: `${file.path} is changed in the diff and not reported as changed`,
          measures: { claimed: claimed.length, changed: change.files.length },
          evidence: [{ path: file.path }],
        })),
      ],
    };
  },
};

export function parseClaim(closing: string): Claim | undefined {
  return structuredClaim(closing) ?? proseClaim(closing);
}

// The last block counts: an agent that corrects itself writes another one.
function structuredClaim(closing: string): Claim | undefined {
  for (const block of [
    ...closing.matchAll(/^[ \t]*```+[ \t]*surefoot[ \t]*\r?\n([\s\S]*?)^[ \t]*```/gm),
  ].toReversed()) {
    const parsed = parsedRecord(String(block[1]));
    const files: unknown = parsed?.["files"];
    if (!Array.isArray(files)) continue;
    const passes: unknown = parsed?.["tests_pass"];
    return {
      source: "structured",
      paths: files.filter((file): file is string => typeof file === "string"),
      testsPass: typeof passes === "boolean" ? passes : undefined,
    };
  }
  return undefined;
}

// An agent's block that is no JSON is not a structured claim; its prose is read instead.
function parsedRecord(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const changedWord =
  /\b(?:changed|edited|updated|created|modified|fixed|added|removed|deleted|renamed|rewrote|rewritten|wrote|written|refactored|moved|replaced|corrected|implemented|adjusted|extended|patched)\b/i;
// What might be, was not, or is only asked for is no claim.
const notClaimed =
  /\b(?:would|could|should|might|may|can|cannot|can't|will|won't|shall|must|not|never|no|without|unchanged|untouched|n't|if|unless|need|needs|needed|plan|suggest|recommend|consider|please|let me|todo|instead of|rather than|previously|already|you)\b|n't\b|\?\s*$/i;
const pathPattern = /^(?:\.{0,2}\/)?\w[\w@+./-]*\.[A-Za-z]\w{0,9}$|^\.[\w@+./-]+$/;
const sourceEnding =
  /\.(?:[cm]?[jt]sx?|json[c5]?|ya?ml|toml|md|mdx|rst|txt|py|pyi|rb|go|rs|java|kt|kts|scala|cs|fs|c|cc|cpp|h|hpp|swift|php|ex|exs|erl|hs|lua|pl|sh|bash|zsh|sql|html?|s?css|less|vue|svelte|astro|xml|gradle|proto|graphql|tf|ini|cfg|lock|snap|ipynb|dart|zig)$/i;

function proseClaim(closing: string): Claim | undefined {
  const prose = closing.replace(/^[ \t]*```[\s\S]*?(?:^[ \t]*```|$(?![\s\S]))/gm, "");
  let heading = false;
  const named = prose.split(/\n|(?<=[.!?])\s+/).flatMap((sentence) => {
    if (sentence.trim() === "") return [];
    const listed = /^\s*(?:[-*•]|\d+[.)])\s/.test(sentence);
    // A folder may be called `user` or `not-found`: only the words around the paths count.
    const paths = pathsIn(sentence);
    const words = [...new Set(paths)].reduce((text, path) => text.replaceAll(path, ""), sentence);
    const claims = changedWord.test(words) && !notClaimed.test(words);
    // A list below `Files changed:` needs no verb in its items.
    const inList = listed && heading && !notClaimed.test(words);
    if (!listed) heading = claims && /:\W*$/.test(sentence);
    return claims || inList ? paths : [];
  });
  return named.length === 0
    ? undefined
    : { source: "prose", paths: [...new Set(named)], testsPass: undefined };
}

const longestPath = 300;

// A bare word with a dot may be a product or a method (`Node.js`, `console.log`, `e.g`): the ending must be one of source
// files, and a capitalised name without a folder must not end in `.js`.
function pathsIn(sentence: string): readonly string[] {
  return sentence.split(/[\s`"'()[\]{},;<>*]+/).flatMap((token) => {
    const path = token
      .slice(0, longestPath)
      .replace(/:\d[\d:-]*$/, "")
      .replace(/[.:!?]+$/, "");
    if (!pathPattern.test(path) || path.includes("//")) return [];
    return sourceEnding.test(path) && !/^[A-Z]\w*\.js$/.test(path) ? [path] : [];
  });
}

function tidied(path: string): string {
  return path
    .trim()
    .replaceAll("\\", "/")
    .replace(/^\.\//, "")
    .replace(/:\d+(?:-\d+)?$/, "");
}

function names(claimed: string, paths: readonly string[]): boolean {
  return paths.some((path) => covers(claimed, path));
}

// People write the end of a path, an absolute path, or a folder.
function covers(claimed: string, path: string): boolean {
  const folder = claimed.endsWith("/") ? claimed : `${claimed}/`;
  return (
    path === claimed ||
    path.endsWith(`/${claimed}`) ||
    claimed.endsWith(`/${path}`) ||
    path.startsWith(folder)
  );
}

function fromClaimed(from: string | undefined, claimed: readonly string[]): boolean {
  return from !== undefined && claimed.some((path) => covers(path, from));
}
