/** Why a run ended. Exactly one holds; each is a valid argument of `surefoot explain`. */
export type StopReason =
  | "passed"
  | "iterations"
  | "wall_time"
  | "tokens"
  | "cost"
  | "patch_budget"
  | "same_check_failed_twice"
  | "edit_conflict_twice"
  | "three_strikes"
  | "policy_violation"
  | "no_change"
  | "not_actionable"
  | "escalated"
  | "gate_unrunnable"
  | "agent_unavailable"
  | "ledger_unwritable"
  | "interrupted";

/** What the run may say about its result. Only `verified` is good. */
export type RunVerdict = "verified" | "rejected" | "stopped" | "unguarded" | "could_not_verify";

export interface StopMeaning {
  readonly verdict: RunVerdict;
  /** The exit code of `surefoot run` (README, table of exits). */
  readonly exit: 0 | 1 | 2 | 3 | 4 | 5 | 130;
  readonly says: string;
}

export const stops: Readonly<Record<StopReason, StopMeaning>> = {
  passed: { verdict: "verified", exit: 0, says: "the gate passed on the final diff" },
  iterations: { verdict: "stopped", exit: 3, says: "the iteration budget is spent and the gate still fails" },
  wall_time: { verdict: "stopped", exit: 3, says: "the time budget is spent" },
  tokens: { verdict: "stopped", exit: 3, says: "the token budget is spent" },
  cost: { verdict: "stopped", exit: 3, says: "the cost budget is spent" },
  patch_budget: { verdict: "stopped", exit: 3, says: "the change is larger than its budget" },
  same_check_failed_twice: {
    verdict: "stopped",
    exit: 3,
    says: "the same check failed twice in the same way",
  },
  edit_conflict_twice: {
    verdict: "stopped",
    exit: 3,
    says: "the same edit did not apply twice; a person should look",
  },
  three_strikes: { verdict: "stopped", exit: 3, says: "the guard refused too many actions in one turn" },
  policy_violation: { verdict: "rejected", exit: 1, says: "the change breaks the policy" },
  no_change: { verdict: "rejected", exit: 1, says: "the agent finished without changing anything" },
  not_actionable: {
    verdict: "stopped",
    exit: 3,
    says: "the failure is not one that another attempt could mend",
  },
  escalated: { verdict: "stopped", exit: 3, says: "the agent asked for a person" },
  gate_unrunnable: {
    verdict: "could_not_verify",
    exit: 2,
    says: "no gate could be run, so nothing can be verified",
  },
  agent_unavailable: { verdict: "could_not_verify", exit: 4, says: "the agent could not be started" },
  ledger_unwritable: {
    verdict: "could_not_verify",
    exit: 5,
    says: "the ledger could not be written, so the run stopped",
  },
  interrupted: { verdict: "could_not_verify", exit: 130, says: "the run was interrupted and can be resumed" },
};
