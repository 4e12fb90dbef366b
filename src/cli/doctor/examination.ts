import type { Io } from "../command.ts";

/**
 * `missing` is fine to be without; a `gap` is there however well all works, and worth knowing; `broken` keeps surefoot
 * from its work.
 */
export type Health = "well" | "missing" | "gap" | "broken";

export interface Finding {
  readonly what: string;
  readonly health: Health;
  readonly says: string;
  /** What to do, for anything that is not well. */
  readonly remedy: string | undefined;
}

/** One thing that doctor proves by doing it, not by looking whether it is there. */
export type Examination = (io: Io) => Promise<readonly Finding[]>;

export function well(what: string, says: string): Finding {
  return { what, health: "well", says, remedy: undefined };
}

export function missing(what: string, says: string, remedy: string): Finding {
  return { what, health: "missing", says, remedy };
}

export function gap(what: string, says: string, remedy: string): Finding {
  return { what, health: "gap", says, remedy };
}

export function broken(what: string, says: string, remedy: string): Finding {
  return { what, health: "broken", says, remedy };
}
