import type { Policy } from "../core/policy.ts";
import type { Host } from "../core/ports.ts";
import { configFolder, openKey } from "../host/key.ts";
import { openSqliteStore } from "../host/sqlite-store.ts";
import { openLedger } from "../ledger/ledger.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { makeRedactor } from "../ledger/redact.ts";

/** The repository's ledger, for writing: signed with the user's key and redacted as the policy says. */
export function openRunLedger(host: Host, root: string, policy: Pick<Policy, "redaction">): Ledger {
  const signer = openKey(configFolder(host));
  const store = openSqliteStore(`${root}/.surefoot/ledger.db`, { now: host.now, signer });
  return openLedger({ store, redactor: makeRedactor(policy.redaction, host.env), now: host.now, signer });
}
