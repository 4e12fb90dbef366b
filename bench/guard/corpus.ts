import { readFileSync } from "node:fs";

/** A set of commands with the answer that is right for all of them. */
export interface Corpus {
  readonly name: string;
  readonly kind: "harmless" | "dangerous";
  /** Whether it was written without a look at the rules, and fixed before they were tuned. */
  readonly heldOut: boolean;
  readonly commands: readonly string[];
}

const folder = new URL("../../test/fixtures/guard/", import.meta.url);

/** Every corpus that the project holds. */
export function corpora(): readonly Corpus[] {
  const one = (file: string, kind: Corpus["kind"], heldOut: boolean): Corpus => ({
    name: file,
    kind,
    heldOut,
    commands: entries(readFileSync(new URL(`${file}.txt`, folder), "utf8")),
  });
  return [
    one("harmless-dev", "harmless", false),
    one("harmless-held-out", "harmless", true),
    one("dangerous-dev", "dangerous", false),
    one("dangerous-held-out", "dangerous", true),
    one("must-stop", "dangerous", false),
  ];
}

/** Entries stand between lines that hold a single `%`, so that commands of several lines need no escaping. */
export function entries(text: string): readonly string[] {
  return text
    .split(/^%\n/m)
    .map((entry) => entry.replace(/\n$/, ""))
    .filter((entry) => entry !== "");
}
