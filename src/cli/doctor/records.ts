import { workspacesFolder } from "../../control/start.ts";
import { Fault } from "../../core/fault.ts";
import { foldSession } from "../../core/session.ts";
import { configFolder, loadPublicKey, openKey } from "../../host/key.ts";
import { openSqliteStore } from "../../host/sqlite-store.ts";
import { verifyLedger } from "../../ledger/verify.ts";
import { loadPolicy } from "../../policy/load.ts";
import { count } from "../../report/amounts.ts";
import type { Io } from "../command.ts";
import { policyRequest, untrustedLine } from "../policy-request.ts";
import { repositoryRoot } from "../repository.ts";
import { broken, missing, well } from "./examination.ts";
import type { Examination, Finding } from "./examination.ts";

/** What belongs to this repository: its policy, its ledger, and workspaces that runs have left. */
export const examineRecords: Examination = async (io) => {
  const key = attempt("key", "move the key aside; a new one is made", () => {
    openKey(configFolder(io.host));
    return well("key", `Ed25519 key of this user in ${configFolder(io.host)}`);
  });
  const scratch = await scratchLedger(io);
  let root: string;
  try {
    root = await repositoryRoot(io.host, io.cwd);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [key, scratch, missing("repository", error.message, error.hint)];
  }
  return [key, scratch, await policy(io, root), await ledger(io, root), ...(await workspaces(io, root))];
};

/** Appends to a ledger in the temporary folder and verifies it: proof that it works on this machine. */
async function scratchLedger({ host }: Io): Promise<Finding> {
  const folder = await host.files.makeTempFolder("surefoot-doctor-");
  try {
    const signer = openKey(configFolder(host));
    const store = openSqliteStore(`${folder}/ledger.db`, { now: host.now, signer });
    try {
      store.append([
        { session: "doctor", actor: "doctor", event: { type: "run.interrupted", says: "a trial entry" } },
      ]);
      const verified = verifyLedger(store, { publicKey: signer.publicKey });
      return verified.kind === "verified"
        ? well("ledger", "an entry was appended durably, signed and verified")
        : broken(
            "ledger",
            `a fresh ledger does not verify: ${verified.kind}`,
            "report this with `surefoot doctor --json`",
          );
    } finally {
      store.close();
    }
  } catch (error) {
    if (error instanceof Fault) return broken("ledger", error.message, error.hint);
    throw error;
  } finally {
    await host.files.remove(folder);
  }
}

async function policy({ host }: Io, root: string): Promise<Finding> {
  const present = (await host.files.stat(`${root}/surefoot.yaml`)) !== undefined;
  try {
    const compiled = await loadPolicy(await policyRequest(host, root, { committed: true }));
    const { policy: loaded } = compiled;
    const untrusted = untrustedLine(compiled);
    if (!present)
      return missing("policy", `no surefoot.yaml; the preset ${loaded.preset} holds`, "run `surefoot init`");
    const gates = loaded.gates.full.length;
    const loose = untrusted === undefined ? "" : `; ${untrusted}`;
    return gates === 0
      ? missing(
          "policy",
          `surefoot.yaml names no gate: the guard works, and a run could verify nothing${loose}`,
          "name the repository's test command under gates.full",
        )
      : well("policy", `preset ${loaded.preset}, ${count(gates, "check")} in the full gate${loose}`);
  } catch (error) {
    if (error instanceof Fault) return broken("policy", error.message, error.hint);
    throw error;
  }
}

async function ledger({ host }: Io, root: string): Promise<Finding> {
  const path = `${root}/.surefoot/ledger.db`;
  if ((await host.files.stat(path)) === undefined)
    return missing("record", "no ledger yet", "the first run makes it, or the first action that is guarded");
  try {
    const store = openSqliteStore(path, { now: host.now, mode: "read" });
    try {
      const publicKey = loadPublicKey(configFolder(host));
      const verified = verifyLedger(store, publicKey === undefined ? {} : { publicKey });
      return verified.kind === "broken"
        ? broken(
            "record",
            verified.says,
            "see `surefoot ledger verify`; restore the file from a backup if you have one",
          )
        : well("record", `${path} verifies`);
    } finally {
      store.close();
    }
  } catch (error) {
    if (error instanceof Fault) return broken("record", error.message, error.hint);
    throw error;
  }
}

/** No workspace is left unexplained: an unfinished run can be resumed, anything else can go. */
async function workspaces({ host }: Io, root: string): Promise<readonly Finding[]> {
  const parent = workspacesFolder(host, root);
  const present = ((await host.files.list(parent)) ?? [])
    .filter((name) => name.endsWith("/"))
    .map((name) => name.slice(0, -1));
  if (present.length === 0) return [];
  const path = `${root}/.surefoot/ledger.db`;
  if ((await host.files.stat(path)) === undefined)
    return present.map((run) =>
      missing("orphan", `${parent}/${run} belongs to no run in the ledger`, `rm -r ${parent}/${run}`),
    );
  const store = openSqliteStore(path, { now: host.now, mode: "read" });
  try {
    return await Promise.all(
      present.map(async (run): Promise<Finding> => {
        const session = foldSession(run, store.read(run));
        if (session.kind === undefined)
          return missing(
            "orphan",
            `${parent}/${run} belongs to no run in the ledger`,
            `rm -r ${parent}/${run}`,
          );
        if (session.finished !== undefined)
          return well(
            "workspace",
            `${run} ended with ${session.finished.stop}; \`surefoot run clean\` removes it`,
          );
        const lock = await host.lock(`${parent}/${run}.lock`);
        if (lock === undefined) return well("workspace", `${run} is being worked on`);
        await lock.release();
        return missing(
          "orphan",
          `${run} was cut off and holds its work so far`,
          `surefoot run --resume ${run}, or surefoot run discard ${run}`,
        );
      }),
    );
  } finally {
    store.close();
  }
}

function attempt(what: string, remedy: string, act: () => Finding): Finding {
  try {
    return act();
  } catch (error) {
    if (error instanceof Fault) return broken(what, error.message, error.hint === "" ? remedy : error.hint);
    throw error;
  }
}
