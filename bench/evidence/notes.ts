/** What a person found when looking at a decision or a finding: `<owner/name> <variant or commit>` to one sentence. */
export const notes: Readonly<Record<string, string>> = {};
