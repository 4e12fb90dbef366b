import { parseCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { LedgerStore } from "../core/ports.ts";
import type { BrokenPlace } from "./verify.ts";

/** A ledger's state in one line that is kept elsewhere: nobody can then rewrite what came before it. */
export interface Anchor {
  readonly root: string;
  readonly sessions: number;
  /** ISO date and time of the checkpoint. */
  readonly at: string;
}

export function anchorLine({ root, sessions, at }: Pick<Checkpoint, "root" | "sessions" | "at">): string {
  return `surefoot-ledger ${root} ${sessions} ${at}`;
}

/** The anchors in a text, such as a note or a comment; other lines are passed over. */
export function readAnchors(text: string): readonly Anchor[] {
  const lines = text.matchAll(/^\s*surefoot-ledger ([0-9a-f]{64}) (\d{1,15}) (\S{10,40})\s*$/gm);
  return [...lines].map(([, root = "", sessions = "", at = ""]) => ({
    root,
    sessions: Number(sessions),
    at,
  }));
}

export type AnchorCheck =
  | { readonly kind: "held"; readonly anchor: Anchor; readonly checkpoint: number }
  | { readonly kind: "broken"; readonly at: BrokenPlace; readonly says: string };

/** Whether the ledger, verified as such, still contains the anchored state. */
export function checkAnchor(store: Pick<LedgerStore, "checkpoints">, anchor: Anchor): AnchorCheck {
  for (const stored of store.checkpoints()) {
    const checkpoint = parseCheckpoint(stored);
    if (checkpoint === undefined || checkpoint.root !== anchor.root) continue;
    if (checkpoint.sessions !== anchor.sessions || checkpoint.at !== anchor.at) continue;
    return { kind: "held", anchor, checkpoint: checkpoint.number };
  }
  return {
    kind: "broken",
    at: { what: "anchor", root: anchor.root },
    says: `no checkpoint has the anchored root ${anchor.root} of ${anchor.at}: the ledger was cut back or rewritten since`,
  };
}
