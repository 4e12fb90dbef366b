import type { Waiver } from "./policy.ts";

export interface WaiverQuestion {
  /** A check's name or a finding's code. */
  readonly what: string;
  readonly diff: string;
  /** ISO 8601, UTC. */
  readonly now: string;
}

export type WaiverAnswer =
  | { readonly kind: "applies"; readonly waiver: Waiver }
  /** There are waivers of that name, but none holds; `says` names the nearest and why not. */
  | { readonly kind: "void"; readonly says: string }
  | { readonly kind: "none" };

/** A waiver holds for one name, one diff and until its expiry; anything else leaves the finding as it is. */
export function applicable(waivers: readonly Waiver[], { what, diff, now }: WaiverQuestion): WaiverAnswer {
  const named = waivers.filter((waiver) => waiver.what === what);
  const expired = (waiver: Waiver): boolean => Date.parse(waiver.expires) <= Date.parse(now);
  const waiver = named.find((candidate) => candidate.diff === diff && !expired(candidate));
  if (waiver !== undefined) return { kind: "applies", waiver };
  const nearest = named.find((candidate) => candidate.diff === diff) ?? named[0];
  if (nearest === undefined) return { kind: "none" };
  const why =
    nearest.diff === diff
      ? `expired on ${nearest.expires}`
      : `holds for ${nearest.diff.slice(0, 17)}…, and this is ${diff.slice(0, 17)}…`;
  return { kind: "void", says: `waiver ${nearest.id} for ${what} ${why}` };
}
