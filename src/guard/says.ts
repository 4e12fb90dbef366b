import type { Action, Judgement, Reason } from "../core/action.ts";

/**
 * What an agent or a person is told: verdict, rules with their matched text, one allowed next step and, given the
 * action's code, how a person can allow it. Empty for an allow.
 */
export function tell(judgement: Judgement, action: Action, code?: string): string {
  const [first, ...others] = judgement.reasons;
  if (judgement.verdict === "allow" || first === undefined) return "";
  const head = first.verdict === "deny" ? "Refused by surefoot" : "surefoot asks a person first";
  const also = others.slice(0, 2).map((reason) => `Also ${reason.rule}: ${reason.says}.`);
  const step = judgement.reasons.find((reason) => reason.instead !== undefined)?.instead;
  return [
    `${head} (${first.rule}): ${first.says}${quoted(first, action)}.`,
    ...also,
    ...(step === undefined ? [] : [`Instead: ${step}`]),
    ...(code === undefined ? [] : [`A person can allow exactly this once: surefoot guard allow ${code}`]),
  ].join("\n");
}

const quoteAtMost = 120;

function quoted(reason: Reason, action: Action): string {
  const text = matchedText(reason, action);
  return text === "" ? "" : ` — \`${text}\``;
}

/** The part of the action that a reason is about, on one line. */
export function matchedText(reason: Reason, action: Action): string {
  const whole = subject(action);
  // The span of another server's tool counts in the command that its input holds.
  const part =
    reason.span === undefined || action.kind !== "exec"
      ? whole
      : whole.slice(reason.span.start, reason.span.end);
  const line = part.replace(/\s+/g, " ").trim();
  return line.length > quoteAtMost ? `${line.slice(0, quoteAtMost - 1)}…` : line;
}

export function subject(action: Action): string {
  switch (action.kind) {
    case "exec":
      return action.command;
    case "edit":
    case "read":
    case "search":
      return action.path;
    case "fetch":
      return action.url;
    case "tool":
      return `${action.server}/${action.name}`;
  }
}
