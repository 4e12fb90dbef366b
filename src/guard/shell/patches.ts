import type { Span } from "../../core/action.ts";
import { touch } from "./shell.ts";
import type { Output, Shell } from "./shell.ts";

const filesAtMost = 50;

/** The files that a patch changes, where its text is known; so many folders are taken from the front of each name. */
export function patched(patch: Output | undefined, strip: number, shell: Shell, span: Span): void {
  if (patch?.kind !== "text") return;
  const lines = patch.text.matchAll(/^(---|\+\+\+) ([^\t\n]+)/gm).take(2 * filesAtMost);
  let old = "";
  for (const [, mark, name = ""] of lines) {
    const value = name.split("/").slice(strip).join("/");
    if (mark === "---") old = value;
    else if (name === "/dev/null") touch(shell, { value: old, span }, { kind: "delete", by: "patch" });
    else touch(shell, { value, span }, { kind: "write", by: "patch" });
  }
}
