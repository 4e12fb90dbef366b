import { resolve } from "node:path";
import { Fault } from "../../core/fault.ts";
import { configFolder, loadKey } from "../../host/key.ts";
import { bundle, manifestName } from "../../ledger/bundle.ts";
import { exportLines } from "../../ledger/export.ts";
import { text } from "../command.ts";
import { findSession, withStore, wrongUse } from "./opened.ts";
import type { LedgerVerb } from "./opened.ts";

/** `export` writes JSON lines; `export <session> --bundle <folder>` the evidence of one run as files. */
export const exportEntries: LedgerVerb = (input, io) =>
  withStore(input, io, async (store) => {
    const [wanted] = input.positionals;
    const session = wanted === undefined ? undefined : findSession(store, wanted);
    const folder = text(input, "bundle");
    if (folder === undefined) {
      const lines = exportLines(store, session === undefined ? undefined : [session]);
      const file = text(input, "out");
      if (file === undefined) for (const line of lines) io.out(`${line}\n`);
      else await io.host.files.write(resolve(io.cwd, file), [...lines].map((line) => `${line}\n`).join(""));
      return 0;
    }
    if (session === undefined)
      throw wrongUse("a bundle is of one session: surefoot ledger export <session> --bundle <folder>");
    const target = resolve(io.cwd, folder);
    if (((await io.host.files.list(target)) ?? []).length > 0) {
      throw new Fault("file/exists", `${target} is not empty`, { hint: "name a new folder" });
    }
    const files = bundle(store, session, { now: io.host.now(), signer: loadKey(configFolder(io.host)) });
    for (const [name, content] of files) await io.host.files.write(`${target}/${name}`, content);
    io.out(`${target}/${manifestName}\n`);
    return 0;
  });
