import { sha256 } from "../core/digest.ts";

/**
 * A tree of hashes in the shape of RFC 6962, section 2.1 (over hex texts), whose leaves can be added and replaced.
 * Setting one leaf costs a hash per level. Leaves and nodes are hashed with different first characters, so that
 * neither can stand for the other.
 */
export interface MerkleTree {
  /** `index` counts from 0 and may be at most the number of leaves. */
  set(index: number, leaf: string): void;
  readonly size: number;
  root(): string;
}

export function merkleTree(): MerkleTree {
  // levels[0] holds the leaves' hashes.
  const levels: string[][] = [[]];
  return {
    set(index, leaf) {
      let place = index;
      let hash = leafHash(leaf);
      for (let height = 0; ; height += 1) {
        const level = (levels[height] ??= []);
        level[place] = hash;
        if (level.length === 1) {
          levels.length = height + 1;
          return;
        }
        const even = place - (place % 2);
        hash = nodeHash(level[even], level[even + 1]);
        place = even / 2;
      }
    },
    get size() {
      return levels[0]?.length ?? 0;
    },
    root: () => levels.at(-1)?.[0] ?? sha256(""),
  };
}

/** The same root, built at once: two hashes a leaf. */
export function merkleRoot(leaves: readonly string[]): string {
  let level = leaves.map(leafHash);
  while (level.length > 1) {
    const above: string[] = [];
    for (let place = 0; place < level.length; place += 2)
      above.push(nodeHash(level[place], level[place + 1]));
    level = above;
  }
  return level[0] ?? sha256("");
}

function leafHash(leaf: string): string {
  return sha256(`\0${leaf}`);
}

// A last node without a partner moves up unchanged.
function nodeHash(left: string | undefined, right: string | undefined): string {
  if (left === undefined) throw new RangeError("a leaf was set before the one on its left");
  return right === undefined ? left : sha256(`\u0001${left}${right}`);
}
