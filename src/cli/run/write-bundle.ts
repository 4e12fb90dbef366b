import { gzipSync } from "node:zlib";
import type { RunContext } from "../../control/context.ts";
import type { LoopRequest } from "../../control/loop-request.ts";
import { sha256 } from "../../core/digest.ts";
import { configFolder, loadKey } from "../../host/key.ts";
import { bundle } from "../../ledger/bundle.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { renderHtml } from "../../report/render-html.ts";
import { renderMarkdown } from "../../report/render-markdown.ts";
import type { Io } from "../command.ts";
import { reportOf } from "./conclude.ts";

/** Writes `.surefoot/runs/<run>/`: the evidence of a run, on failure as well as on success. */
export function bundleWriter(
  { host }: Io,
  ledger: Ledger,
  context: RunContext,
  root: string,
): LoopRequest["writeBundle"] {
  return async () => {
    const session = context.journal.session();
    const report = reportOf({ ledger, session, root, policy: context.policy });
    const files = bundle(ledger.store, session.id, {
      now: host.now(),
      signer: loadKey(configFolder(host)),
      extra: new Map([
        ["report.html", renderHtml(report, { gzip: (text) => gzipSync(text) })],
        ["report.md", renderMarkdown(report)],
      ]),
    });
    const path = `${root}/.surefoot/runs/${session.id}`;
    for (const [name, content] of files) await host.files.write(`${path}/${name}`, content);
    return { path, digest: sha256(files.get("manifest.json") ?? "") };
  };
}
