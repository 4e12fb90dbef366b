import type { Evidence, Finding } from "../../core/finding.ts";

export function factAbout(code: string, says: string, evidence: Evidence): Finding {
  const { excerpt } = evidence;
  const short =
    excerpt === undefined || excerpt.length <= excerptAtMost
      ? evidence
      : { ...evidence, excerpt: `${excerpt.slice(0, excerptAtMost)}…` };
  return { code, says, measures: {}, evidence: [short] };
}

const excerptAtMost = 400;
