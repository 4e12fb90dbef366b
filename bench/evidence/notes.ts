/** What a person found when looking at a finding: `<owner/name> <variant or commit>` to one sentence. */
export const notes: Readonly<Record<string, string>> = {
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
