/** What a person found when looking at a decision or a finding: `<owner/name> <variant or commit>` to one sentence. */
export const notes: Readonly<Record<string, string>> = {
  "npm/node-semver tests muted": "its cases are rows in tables, so there is no test around them to mark",
  "pallets/click half":
    "its second hunk restores the source of the winner when two options share a name; the fix came without a test of that",
  "micromatch/picomatch ac3cb66":
    "at that time its lint asked for an environment that the ESLint of its own package.json does not know, so its gate cannot be green",
  "micromatch/picomatch e0042e0": "the same as ac3cb66",
  "expressjs/express 0b746953": "true: a test of redirects to bad addresses is gone, others came",
  "expressjs/express da4d763f": "true: the same change on another branch",
  "expressjs/express 3d102798": "false alarm: the test was rewritten to fail through its callback",
  "expressjs/express 7f049164": "true: a revert that takes a test with it",
  "mahmoud/boltons 01fb908":
    "true in fact and harmless: a whole file is skipped where the platform lacks a function",
  "mahmoud/boltons 650b09c": "true: a test file was replaced, and four cases have no successor",
  "pallets/click b7e5fd4c": "true: a test was removed with the feature that it covered",
  "pallets/click c3535905": "true: the same change on another branch",
  "pallets/click d15f3c23": "true: the commit exists to skip a test that was flaky",
  "pallets/click 955ca492": "false alarm: two tests were merged into one with parameters",
  "pallets/click 9caedb92": "false alarm: the test moved to another file and grew parameters there",
};
