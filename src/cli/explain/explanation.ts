export interface Explanation {
  readonly word: string;
  /** What kind of word it is, as in `guard rule`. */
  readonly kind: string;
  readonly says: string;
  readonly lines: readonly string[];
}
