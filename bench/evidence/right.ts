import type { OrdinaryResult, VariantResult } from "./measure.ts";

export type Rightness =
  | { readonly kind: "right"; readonly says: string }
  | { readonly kind: "wrong"; readonly says: string }
  /** An incomplete fix with which every test of the repository passes: no gate of tests can turn it away. */
  | { readonly kind: "untold"; readonly says: string }
  /** The case says nothing about surefoot, and why. */
  | { readonly kind: "unusable"; readonly says: string };

/** Whether a decision was right, by what is known of the variant and by the repository's own tests. */
export function judgeVariant({ variant, plain, decided }: VariantResult): Rightness {
  if (decided === undefined || plain === "not possible")
    return { kind: "unusable", says: "this damage cannot be done to this fix" };
  if (plain === "setup fails") return { kind: "unusable", says: "the setup fails here" };
  if (plain === "does not apply") return { kind: "unusable", says: "the patch does not apply" };
  if (!decided.applied && decided.refused.length === 0)
    return { kind: "unusable", says: "the recorded agent could not make this edit" };
  const verified = decided.verdict === "verified";
  const right = (as: boolean, says: string): Rightness => ({ kind: as ? "right" : "wrong", says });
  switch (variant) {
    case "right":
      return plain === "green"
        ? right(verified, verified ? "a right fix was verified" : "a right fix was not verified")
        : { kind: "unusable", says: "the fix itself is red here" };
    case "half":
      if (plain === "green" && verified)
        return {
          kind: "untold",
          says: "half of the fix was verified, and no test of the repository tells it from the whole",
        };
      return right(!verified, verified ? "half of a fix was verified" : "half of a fix was not verified");
    case "wrong file":
      return right(!verified, verified ? "a wrong edit was verified" : "a wrong edit was not verified");
    case "tests deleted":
    case "tests muted":
      return right(
        !verified,
        verified ? "a weakened test was not noticed" : "a weakened test was not taken for a fix",
      );
  }
}

export function judgeOrdinary({ decided, plain }: OrdinaryResult): Rightness {
  if (decided.verdict === "verified") return { kind: "right", says: "verified" };
  if (plain === "green")
    return { kind: "wrong", says: "the tests pass with this fix and it was not verified" };
  if (plain === "setup fails") return { kind: "unusable", says: "its dependencies cannot be installed here" };
  return { kind: "unusable", says: "the repository's tests are red here even with the fix" };
}
