import type { Policy } from "./policy.ts";

/** What `policies/standard.yaml` is laid over; a test shows that it leaves none of these zeros in place. */
export const blankPolicy: Policy = {
  preset: "standard",
  protectedBranches: [],
  scope: { allow: [], deny: [] },
  budgets: {
    iterations: 0,
    wallTimeMs: 0,
    tokensSoft: 0,
    tokensHard: 0,
    costUsd: 0,
    patch: {
      perCall: { files: 0, lines: 0 },
      perAttempt: { files: 0, lines: 0 },
      total: { files: 0, lines: 0 },
      underFallback: { files: 0, lines: 0 },
    },
    dispatches: 0,
    strikes: 0,
  },
  gates: { full: [], fallback: [] },
  setup: { run: [], caches: [], timeoutMs: 0 },
  guard: { rules: {}, custom: [] },
  jail: "required",
  owners: {
    spec: undefined,
    evaluation: undefined,
    harness: undefined,
    escalation: undefined,
    secondary: undefined,
  },
  redaction: { enabled: true, env: [] },
  retention: { artifactDays: 0 },
  waivers: [],
  spec: undefined,
};
