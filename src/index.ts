// The public promise of the package: what a program that embeds surefoot may rely on.
export type { Action, Effect, Facts, Judgement, Reason, TextChange, Verdict } from "./core/action.ts";
export type { Change, Claim, FileChange } from "./core/change.ts";
export type { CheckRow, Decision, Entry, Event } from "./core/event.ts";
export type { Exit } from "./core/exit.ts";
export { Fault } from "./core/fault.ts";
export type { Finding, Severity } from "./core/finding.ts";
export type { CompiledPolicy, Policy } from "./core/policy.ts";
export type { FactNeeds } from "./core/ports.ts";
export { foldSession } from "./core/session.ts";
export type { Session } from "./core/session.ts";
export { stops } from "./core/stop.ts";
export type { RunVerdict, StopReason } from "./core/stop.ts";
export { binding } from "./guard/binding.ts";
export { judge } from "./guard/judge.ts";
export { read } from "./guard/read.ts";
export { countTests } from "./checks/count-tests.ts";
