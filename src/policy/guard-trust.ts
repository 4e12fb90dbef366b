import type { GuardPolicy, Loosened } from "../core/policy.ts";
import type { FieldPath } from "./document.ts";
import { guardLoosenings } from "./tighten.ts";

export interface GuardTrust {
  /** SHA-256 of the files that the user trusts in this repository. */
  readonly digests: ReadonlySet<string>;
  /**
   * Whether the committed surefoot.yaml binds as it is. A run chooses its repository and works in a workspace of its
   * own; the guard of an agent in the user's checkout asks for trust.
   */
  readonly committed: boolean;
}

export interface Settled {
  readonly guard: GuardPolicy;
  readonly loosened: Loosened | undefined;
  /** Fields that say something and are left out. */
  readonly ignored: readonly FieldPath[];
}

/** The guard after a file of the repository: whole where it may loosen, else with what tightens alone. */
export function settleGuard(
  floor: GuardPolicy,
  after: GuardPolicy,
  { file, digest, trusted, binds }: Omit<Loosened, "says"> & { readonly binds: boolean },
): Settled {
  const found = guardLoosenings(floor, after);
  if (found.length === 0) return { guard: after, loosened: undefined, ignored: [] };
  const says = found.map(({ field, before, after: now }) => `${field.join(".")}: ${before} → ${now}`);
  const loosened: Loosened = { file, digest, trusted, says };
  if (binds) return { guard: after, loosened, ignored: [] };
  const weak = new Set(found.map(({ field }) => field.join(".")));
  const kept = Object.entries(after.rules).filter(([id]) => !weak.has(["guard", "rules", id].join(".")));
  return {
    guard: {
      rules: { ...Object.fromEntries(kept), ...floorOf(floor, weak) },
      custom: after.custom.filter((rule) => rule.verdict !== "allow" || floor.custom.includes(rule)),
    },
    loosened,
    ignored: found.map(({ field }) => field),
  };
}

/** What held before for the rules that the file would weaken. */
function floorOf(floor: GuardPolicy, weak: ReadonlySet<string>): GuardPolicy["rules"] {
  return Object.fromEntries(
    Object.entries(floor.rules).filter(([id]) => weak.has(["guard", "rules", id].join("."))),
  );
}
