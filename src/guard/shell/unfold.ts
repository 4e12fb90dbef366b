import type { Span, Unfolding } from "../../core/action.ts";
import { glob, hole } from "./shell.ts";
import type { Arg } from "./shell.ts";

/** More would fill the ledger; whoever reads an explanation has seen enough by then. */
const unfoldingsAtMost = 20;
const textAtMost = 200;

/** Notes a command that another one runs. */
export function unfold(list: Unfolding[], by: string, args: readonly Arg[], span: Span): void {
  if (list.length >= unfoldingsAtMost) return;
  const text = shown(args);
  const before = list.at(-1);
  if (before?.by !== by || before.text !== text) list.push({ by, text, span });
}

function shown(args: readonly Arg[]): string {
  let line = "";
  for (const { value } of args) {
    if (line.length > textAtMost) break;
    const word = value.slice(0, textAtMost).replaceAll(hole, "…").replaceAll(glob, "");
    line += `${line === "" ? "" : " "}${/^[\w@%+=:,./~*?[\]{}…-]+$/.test(word) ? word : `'${word}'`}`;
  }
  return line.length > textAtMost ? `${line.slice(0, textAtMost - 1)}…` : line;
}
