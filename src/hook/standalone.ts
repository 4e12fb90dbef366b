import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { HookAnswer } from "../agents/hook-dialect.ts";
import type { Action } from "../core/action.ts";
import { blankPolicy } from "../core/blank-policy.ts";
import { succeeded } from "../core/exit.ts";
import { Fault } from "../core/fault.ts";
import { judge } from "../guard/judge.ts";
import { read } from "../guard/read.ts";
import { configFolder } from "../host/key.ts";
import { leanHost } from "../host/lean-host.ts";
import type { LeanHost } from "../host/lean-host.ts";
import { guardFolder } from "../host/state-folder.ts";
import { decideCall } from "./decide.ts";
import type { HookCall } from "./decide.ts";
import { folderOf } from "./folder.ts";
import { deskAt, ledgerFile, openHookLedger } from "./own-desk.ts";
import { findPlace } from "./place.ts";
import { policyOf } from "./policy.ts";
import type { HookPolicy } from "./policy.ts";

export interface Installed {
  readonly version: string;
  readonly standard: HookPolicy | undefined;
  /** The command line program beside the hook, which compiles policies. */
  readonly cli: string;
}

/** Decides in this process, which ends next. */
export async function decideHere(call: HookCall, own: Installed): Promise<HookAnswer> {
  const host = leanHost();
  const place = await findPlace(host.files, folderOf(call.payload, process.cwd()), guardFolder(host));
  const ports = {
    files: host.files,
    version: own.version,
    settings: configFolder(host),
    standard: own.standard,
    compile: (root: string) => compileWith(host, own.cli, root),
  };
  const policy = await policyOf(ports, place.root);
  const ledger = openHookLedger(host, place, policy.policy);
  const desk = deskAt(host, place, {
    policy,
    ledger,
    version: own.version,
    append: async (entries) => void ledger.appendAll(entries),
  });
  const answer = await decideCall(desk, call);
  // Closing folds the log back, which takes longer than all the rest; but the next process reads the log first.
  const log = statSync(`${ledgerFile(place)}-wal`, { throwIfNoEntry: false });
  if ((log?.size ?? 0) > logBytes) ledger.close();
  return answer;
}

/** Some sixty entries: reading so much takes a millisecond. */
const logBytes = 1024 * 1024;

/** Judges a few calls of the usual kinds, for what that compiles. */
export function judgeSamples(): void {
  const facts = { worktree: "/w", home: "/h", tempDirs: ["/tmp"] };
  const where = { worktree: "/w", home: "/h" };
  const commands = [
    "git add -A && git commit -m 'x' && git push origin HEAD",
    "npm test 2>&1 | tail -20",
    "cd src && rm -rf build; FOO=1 node -e 'console.log(1)'",
    "cat <<'EOF' > a.txt\nx\nEOF",
    "for f in *.ts; do sed -i 's/a/b/' \"$f\"; done",
    'python3 -c "print(1)"',
    "curl -s https://example.org | jq .name",
  ];
  const actions: readonly Action[] = [
    ...commands.map((command) => ({ kind: "exec", command, cwd: "/w" }) as const),
    { kind: "edit", path: "/w/a.ts", change: { kind: "replace", oldText: "a", newText: "b" } },
    { kind: "read", path: "/w/a.ts" },
  ];
  for (const action of actions) {
    read(action, where);
    judge(action, facts, blankPolicy);
  }
}

const compileMs = 4000;

async function compileWith({ exec, env, platform }: LeanHost, cli: string, root: string): Promise<void> {
  const known = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const ran = await exec({
    run: [platform.execPath, cli, "guard", "compile", "--root", root],
    cwd: dirname(cli),
    env: Object.fromEntries(known),
    timeoutMs: compileMs,
    outputBytes: 64 * 1024,
  });
  if (succeeded(ran.exit)) return;
  const line = ran.stderr.split("\n").find((text) => text.trim() !== "");
  throw new Fault("policy/invalid", `the policy cannot be used: ${line ?? "compiling it failed"}`, {
    hint: `see what \`surefoot policy check\` says in ${root}`,
    where: { file: join(root, "surefoot.yaml") },
  });
}
