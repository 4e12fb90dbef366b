import type { Scope } from "./policy.ts";

/** What an agent is asked to do. Read from a Markdown file with optional YAML front matter, or from one line of text. */
export interface Task {
  /** Stable for the same text: `task-` and 8 hex digits of the text's digest, or the front matter's `id`. */
  readonly id: string;
  readonly title: string;
  readonly body: string;
  /** Where it was read from, relative to the repository where possible. */
  readonly source: string;
  /** Narrows the policy's scope; it never widens it. */
  readonly scope: Scope | undefined;
  /** A command that shows the reported bug: it must fail before the first attempt and pass after the last. */
  readonly reproduce: string | undefined;
  /** Numbers or names of the spec sections that the task implements. */
  readonly sections: readonly string[];
}
