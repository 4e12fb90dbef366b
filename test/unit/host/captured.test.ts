import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Captured } from "../../../src/host/captured.ts";

function captured(limitBytes: number, chunks: readonly string[]): Captured {
  const all = new Captured(limitBytes);
  for (const chunk of chunks) all.add(Buffer.from(chunk));
  return all;
}

test("output within the limit is kept whole, however it came", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme" })), (chunks) => {
      const whole = chunks.join("");
      const all = captured(Buffer.byteLength(whole), chunks);
      assert.deepEqual(
        [all.text(), all.bytes, all.truncated],
        [Buffer.from(whole).toString(), Buffer.byteLength(whole), false],
      );
    }),
  );
});

test("of longer output head and tail are kept, and what lies between is counted", () => {
  assert.equal(captured(10, ["0123456789abcdefghij"]).text(), "01234\n[… 10 bytes cut …]\nfghij");
  assert.equal(captured(10, [..."0123456789abcdefghij"]).text(), "01234\n[… 10 bytes cut …]\nfghij");
});

test("a character that the cut falls into is left out, not broken", () => {
  const all = captured(8, ["aaaéééééé", "ééézzz"]);
  assert.equal(all.text().includes("\uFFFD"), false);
  assert.equal(all.text(), "aaa\n[… 18 bytes cut …]\nzzz");
});

test("however long the output, kept bytes stay within the limit", () => {
  fc.assert(
    fc.property(fc.nat(64), fc.array(fc.string({ maxLength: 40 })), (limit, chunks) => {
      const all = captured(limit, chunks);
      if (!all.truncated) return;
      const kept = all.text().replace(/\n\[… \d+ bytes cut …\]\n/, "");
      assert.ok(Buffer.byteLength(kept) <= limit);
    }),
  );
});
