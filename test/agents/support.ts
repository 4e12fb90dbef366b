import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { adapters } from "../../src/agents/adapters/index.ts";
import type { Adapter, AgentOptions } from "../../src/agents/adapter.ts";
import type { News } from "../../src/agents/stream.ts";
import type { DecidedCall } from "../../src/control/reconcile.ts";
import type { Agent, Host, Jail, Turn } from "../../src/core/ports.ts";
import { binding } from "../../src/guard/binding.ts";
import { judge } from "../../src/guard/judge.ts";
import { read } from "../../src/guard/read.ts";
import { tell } from "../../src/guard/says.ts";
import { gatherFacts } from "../../src/host/facts.ts";
import { realHost } from "../../src/host/real-host.ts";
import { loadPolicy } from "../../src/policy/load.ts";
import { binFolder } from "./lab/install.ts";
import type { LabAgent } from "./lab/install.ts";
import type { Lab } from "./lab/lab.ts";

/** The machine as the lab's user has it: that user's environment and home, the agent on the PATH. */
export function labHost(lab: Pick<Lab, "env" | "home">, agent: LabAgent): Host {
  const host = realHost();
  return {
    ...host,
    env: lab.env,
    platform: { ...host.platform, home: lab.home },
    which: (program) => host.which(program.includes("/") ? program : join(binFolder(agent), program)),
  };
}

export async function makeAgent(id: string, host: Host, more: Partial<AgentOptions> = {}): Promise<Agent> {
  const load = new Map<string, () => Promise<Adapter>>(Object.entries(adapters)).get(id);
  assert.ok(load);
  const adapter = await load();
  return adapter.make(host, {
    model: undefined,
    command: undefined,
    recording: undefined,
    hook: { node: process.execPath, script: join(import.meta.dirname, "../../src/hook.ts") },
    protectedBranches: ["main"],
    turnTimeoutMs: 120_000,
    ...more,
  });
}

export interface LabTurn {
  readonly turn: Turn;
  readonly decided: DecidedCall[];
  readonly news: News[];
}

/** A turn in the lab's repository, decided by the real guard under the repository's own policy. */
export async function labTurn(lab: Lab, host: Host, prompt: string, jailed: boolean): Promise<LabTurn> {
  const { policy } = await loadPolicy({ files: host.files, root: lab.repository });
  const gather = gatherFacts(host, { worktree: lab.repository });
  const home = join(lab.folder, "agent");
  mkdirSync(home, { recursive: true });
  const decided: DecidedCall[] = [];
  const news: News[] = [];
  const jail: Jail = { writable: [lab.repository, home], hidden: [lab.home] };
  const turn: Turn = {
    iteration: 1,
    prompt,
    workspace: lab.repository,
    home,
    jail: jailed ? jail : undefined,
    model: undefined,
    done: 0,
    signal: new AbortController().signal,
    async decide({ call, tool, action }) {
      const cwd = action.kind === "exec" ? action.cwd : lab.repository;
      const facts = await gather(read(action, { worktree: lab.repository, cwd }));
      const judgement = judge(action, facts, policy);
      const refused = binding(judgement, policy) !== "allow";
      decided.push({ call, tool, action, refused });
      return { judgement, enforced: refused, says: refused ? tell(judgement, action) : "" };
    },
    call: () => assert.fail("a real agent uses its own tools"),
    async report(one) {
      news.push(one);
    },
  };
  return { turn, decided, news };
}
