import type { ChainedRow } from "../../core/chain.ts";
import { genesis } from "../../core/chain.ts";

/** Compresses a text with gzip. Given by the caller: the platform's own function is not this ring's to call. */
export type Gzip = (text: string) => Uint8Array;

export interface Embedded {
  /** A data block, safe to stand inside an HTML document. */
  readonly html: string;
  readonly entries: number;
  /** Entries before the slice that are not embedded. */
  readonly before: number;
  /** Payloads that are embedded by their digest alone. */
  readonly withoutPayload: number;
}

const entriesAtMost = 20_000;
const encodedAtMost = 2_500_000;
const rawAtMost = 16_000_000;

/**
 * The slice of the chain that the page verifies. `prev` is the hash of the row before and `digest` is computed from the
 * payload, so neither is stored, except where the payload is not there: then the digest stands for it.
 */
export function embedLedger(rows: readonly ChainedRow[], gzip: Gzip | undefined): Embedded {
  const slice = rows.slice(-entriesAtMost);
  let room = gzip === undefined ? encodedAtMost : rawAtMost;
  for (;;) {
    const left = leftOut(slice, room);
    const encoded = encode(slice, left, gzip);
    if (encoded.length <= encodedAtMost || left.size === slice.length)
      return {
        html: encoded,
        entries: slice.length,
        before: rows.length - slice.length,
        withoutPayload: left.size,
      };
    room = Math.floor(room / 2);
  }
}

// The largest payloads go first: outputs, which the report shows anyway.
function leftOut(rows: readonly ChainedRow[], room: number): ReadonlySet<number> {
  let total = rows.reduce((sum, row) => sum + row.payload.length, 0);
  const left = new Set<number>();
  if (total <= room) return left;
  for (const row of [...rows].sort((a, b) => b.payload.length - a.payload.length)) {
    if (total <= room && room > 0) break;
    left.add(row.seq);
    total -= row.payload.length;
  }
  return left;
}

function encode(rows: readonly ChainedRow[], left: ReadonlySet<number>, gzip: Gzip | undefined): string {
  const first = rows[0];
  const text = JSON.stringify({
    session: first?.session ?? "",
    from: { seq: (first?.seq ?? 1) - 1, hash: first?.prev ?? genesis },
    rows: rows.map(({ seq, at, actor, hash, type, payload, digest }) =>
      left.has(seq)
        ? [seq, at, actor, hash, type, null, digest]
        : type === "erased"
          ? [seq, at, actor, hash, type, payload, digest]
          : [seq, at, actor, hash, type, payload],
    ),
  });
  return gzip === undefined
    ? `<script type="application/json" id="ledger">${text.replaceAll("<", "\\u003c")}</script>`
    : `<script type="application/octet-stream" id="ledger">${Buffer.from(gzip(text)).toString("base64")}</script>`;
}
