import type { Call } from "./command.ts";
import { addEffect, known } from "./shell.ts";
import type { Arg, Shell } from "./shell.ts";

/** Records the start of a program that goes on to start another one. */
export function note(name: string, args: readonly Arg[], shell: Shell, call: Call): void {
  addEffect(shell.world, {
    kind: "execute",
    program: name,
    args: args.map((arg) => known(arg.value)),
    cwd: shell.cwd,
    span: call.span,
  });
}
