import type { RunContext } from "../../control/context.ts";
import type { RunResult } from "../../control/finish.ts";
import { Fault } from "../../core/fault.ts";
import type { Policy } from "../../core/policy.ts";
import type { Session } from "../../core/session.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { renderForAgent } from "../../report/render-for-agent.ts";
import { renderJson } from "../../report/render-json.ts";
import { renderMarkdown } from "../../report/render-markdown.ts";
import { renderTerminal } from "../../report/render-terminal.ts";
import { runReport } from "../../report/run-report.ts";
import type { RunReport } from "../../report/report-model.ts";
import { flag, text } from "../command.ts";
import type { CliInput, Io } from "../command.ts";
import { version } from "../version.ts";
import type { Progress } from "./progress.ts";

export interface Concluding {
  readonly result: RunResult;
  readonly context: RunContext;
  readonly ledger: Ledger;
  readonly root: string;
  readonly progress: Progress;
}

/** Seals the session with a checkpoint, prints the report, and gives the exit code. */
export async function conclude(input: CliInput, io: Io, concluding: Concluding): Promise<number> {
  const { result, context, ledger, root, progress } = concluding;
  progress.end();
  ledger.checkpoint();
  // What a verified run leaves is its branch and its bundle; anything else stays to be looked at or resumed.
  if (result.verdict === "verified") await io.host.files.remove(context.workspace.folder);
  await renderRun(input, io, { ledger, session: context.journal.session(), root, policy: context.policy });
  return result.exit;
}

export async function renderRun(
  input: CliInput,
  io: Io,
  { ledger, session, root, policy }: { ledger: Ledger; session: Session; root: string; policy?: Policy },
): Promise<void> {
  io.out(renderAs(formatOf(input), reportOf({ ledger, session, root, policy }), io));
}

export function reportOf({
  ledger,
  session,
  root,
  policy,
}: {
  readonly ledger: Ledger;
  readonly session: Session;
  readonly root: string;
  readonly policy: Policy | undefined;
}): RunReport {
  const artifact = session.iterations.findLast((iteration) => iteration.diff !== undefined)?.diff?.artifact;
  const patch = artifact === undefined ? undefined : ledger.getArtifact(artifact);
  const bundle = `${root}/.surefoot/runs/${session.id}`;
  return runReport({
    session,
    entries: [...ledger.read(session.id)],
    policy,
    recorded: session.agent === "recorded",
    patch: patch === undefined ? undefined : new TextDecoder().decode(patch),
    ...(session.finished === undefined ? {} : { links: { html: `${bundle}/report.html`, bundle } }),
    version,
  });
}

type Format = "pretty" | "json" | "markdown" | "agent";

function formatOf(input: CliInput): Format {
  if (text(input, "for") === "agent") return "agent";
  const format = text(input, "format") ?? (flag(input, "json") ? "json" : "pretty");
  if (format === "pretty" || format === "json" || format === "markdown") return format;
  throw new Fault("usage/invalid", `--format ${format} is not known`, {
    hint: "one of: pretty, json, markdown",
  });
}

function renderAs(format: Format, report: RunReport, io: Io): string {
  switch (format) {
    case "pretty":
      return renderTerminal(report, io.screen);
    case "json":
      return renderJson(report);
    case "markdown":
      return renderMarkdown(report);
    case "agent":
      return renderForAgent(report);
  }
}
