import type { Command, Host } from "../core/ports.ts";
import type { Words } from "./hook-command.ts";
import type { Entry } from "./settings-text.ts";
import type { StaticPolicy } from "./static-policy.ts";

/** For every project of the user, or for one project. */
export type Scope = "user" | "project";

/** How surefoot's guard gets into one agent. A file in `install/` exports one as `installer`. */
export interface Installer {
  /** As on the command line; the dialect of the same name reads what the hook is given. */
  readonly id: string;
  readonly title: string;
  readonly programs: readonly string[];
  readonly scopes: readonly [Scope, ...Scope[]];
  /** Whether it can ask its hook over HTTP. */
  readonly http: boolean;
  /** What must be written for it. Reads the agent's settings, writes nothing. */
  plan(place: InstallPlace): Promise<Plan>;
  /** When the agent lets a call pass although its guard is installed; one clause each. */
  readonly open: readonly string[];
  /** The same for a hook that hangs, where no `timeout` program ends it. */
  readonly late?: string;
}

/** When the agent lets a call pass on this machine; one clause each. */
export async function gapsOf(
  { open, late }: Installer,
  host: Pick<Host, "which">,
): Promise<readonly string[]> {
  if (late === undefined || (await host.which("timeout")) !== undefined) return open;
  return [...open, `${late}: there is no \`timeout\` program here`];
}

export interface InstallPlace {
  readonly host: Pick<Host, "files" | "env" | "platform" | "exec" | "spawn" | "which">;
  readonly scope: Scope;
  /** Absolute path of the project. */
  readonly project: string;
  /** The program that a hook starts, with the arguments that come first. */
  readonly hook: Words;
  /** Where `surefoot guard serve` answers over HTTP, for the agents that can ask there. */
  readonly http: HttpPlace | undefined;
  /** Nobody is there to answer a question. */
  readonly unattended: boolean;
  /** Absolute path of a program that bounds the time of another one, where there is one. */
  readonly timeout: string | undefined;
  /** What the agent is told to refuse by itself. */
  readonly policy: StaticPolicy;
  /** The text of a file as it was before surefoot wrote to it. */
  before(path: string): Promise<string | undefined>;
}

export interface HttpPlace {
  readonly port: number;
  readonly token: string;
}

export interface Plan {
  readonly edits: readonly Edit[];
  readonly start: Start;
  /** What a person should know or do; one line each. */
  readonly notes: readonly string[];
}

/** What the agent does for its hook, once the edits are made: the call goes in as JSON, the answer comes out. */
export type Start =
  | Command["run"]
  | { readonly url: string; readonly headers: Readonly<Record<string, string>> };

export type Edit =
  /** A file that is surefoot's alone. */
  | { readonly kind: "file"; readonly path: string; readonly text: string; readonly mode?: number }
  /** Entries in a settings file (JSON with comments) that the user may have written to. */
  | {
      readonly kind: "settings";
      readonly path: string;
      readonly entries: readonly Entry[];
      /** Lists from which hooks of surefoot's that no record knows of are taken out. */
      readonly lists: readonly (readonly string[])[];
    }
  /** The text of a file with something of ours put into it, worked out by the agent itself. */
  | { readonly kind: "text"; readonly path: string; readonly text: string };
