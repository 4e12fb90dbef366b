import type { AgentEnding, Usage } from "../core/event.ts";
import type { Fields } from "./fields.ts";

/** What a headless agent's output says while it works. */
export type News =
  | { readonly kind: "said"; readonly text: string }
  | { readonly kind: "used"; readonly usage: Usage };

/** Reads one turn's output, record by record. It keeps what it needs to count every token once. */
export interface StreamReader {
  read(record: Fields): readonly News[];
  /** What the output says about the end; `undefined` where it broke off. */
  ending(): AgentEnding | undefined;
  /** The agent's own id of the session, once it was told. */
  session(): string | undefined;
}

export const nothingUsed: Usage = {
  model: undefined,
  inputTokens: 0,
  outputTokens: 0,
  cachedTokens: 0,
  costUsd: undefined,
};

/** News of a use, or none where nothing was used. Input tokens include the cached ones. */
export function used(usage: Usage): readonly News[] {
  const { inputTokens, outputTokens, cachedTokens, costUsd } = usage;
  return inputTokens + outputTokens + cachedTokens + (costUsd ?? 0) === 0 ? [] : [{ kind: "used", usage }];
}

export function said(text: string | undefined): readonly News[] {
  return text === undefined || text.trim() === "" ? [] : [{ kind: "said", text }];
}

/** Words that agents use when they have nobody to bill. */
const loggedOut =
  /not logged in|please run \/login|invalid api key|invalid x-api-key|authentication_error|unauthorized|\b401\b|api key (is )?(missing|not found|must be)|set an auth method|no credentials|oauth token (has )?expired/i;

/** An agent that cannot log in could not work at all; any other error is a failure of the attempt. */
export function troubled(says: string, title: string): AgentEnding {
  const line = says.trim().split("\n").slice(0, 3).join(" ").slice(0, 500);
  return loggedOut.test(says)
    ? { kind: "unavailable", says: `${title} is not logged in: ${line}` }
    : { kind: "failed", says: `${title}: ${line === "" ? "it ended without saying why" : line}` };
}
