import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { sha256 } from "../../../src/core/digest.ts";
import { merkleRoot, merkleTree } from "../../../src/ledger/merkle.ts";

// RFC 6962, section 2.1, word for word: split at the largest power of two below the number of leaves.
function byDefinition(leaves: readonly string[]): string {
  const [only, ...more] = leaves;
  if (only === undefined) return sha256("");
  if (more.length === 0) return sha256(`\0${only}`);
  const split = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return sha256(`\u0001${byDefinition(leaves.slice(0, split))}${byDefinition(leaves.slice(split))}`);
}

test("the root is the one that RFC 6962 defines, built at once or leaf by leaf", () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 70 }), (leaves) => {
      const tree = merkleTree();
      for (const [index, leaf] of leaves.entries()) tree.set(index, leaf);
      const root = byDefinition(leaves);
      assert.deepEqual([merkleRoot(leaves), tree.root(), tree.size], [root, root, leaves.length]);
    }),
  );
});

test("replacing leaves gives the root of the leaves that are there in the end", () => {
  const changes = fc.array(fc.tuple(fc.nat(40), fc.string()), { maxLength: 80 });
  fc.assert(
    fc.property(changes, (steps) => {
      const tree = merkleTree();
      const leaves: string[] = [];
      for (const [wanted, leaf] of steps) {
        const index = Math.min(wanted, leaves.length);
        leaves[index] = leaf;
        tree.set(index, leaf);
      }
      assert.equal(tree.root(), byDefinition(leaves));
    }),
  );
});

test("a leaf cannot stand for a node", () => {
  const [a, b] = [sha256("\0a"), sha256("\0b")];
  assert.notEqual(merkleRoot(["a", "b"]), merkleRoot([`${a}${b}`]));
});
