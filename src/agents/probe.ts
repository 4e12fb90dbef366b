import { describeExit } from "../core/exit.ts";
import type { ProbeTurn, Probed } from "../core/ports.ts";
import { parseJson } from "./fields.ts";
import type { Place } from "./headless.ts";
import { jailFor } from "./headless.ts";
import { dialects } from "./hooks/index.ts";

/** What every policy forbids. */
export const forbidden = "git push --force origin main";

/**
 * Starts the hook program as the agent would, in the same jail, with a forced push. It counts as refused only when the
 * decision came from the run (exit 0): a hook that refuses because it cannot reach the run would also refuse good work.
 */
export async function probeHook(
  place: Place,
  dialect: string,
  title: string,
  turn: ProbeTurn,
): Promise<Probed> {
  const words = dialects.find(({ id }) => id === dialect);
  if (words === undefined) return { refused: false, says: `the words of ${title}'s hook are not known` };
  const ran = await place.host.exec({
    run: place.hook,
    cwd: place.workspace,
    env: { PATH: place.host.env["PATH"] ?? "", HOME: place.home },
    timeoutMs: 60_000,
    outputBytes: 1024 * 1024,
    stdin: JSON.stringify(words.sample(forbidden, place.workspace)),
    signal: turn.signal,
    ...jailFor(turn.jail, place),
  });
  if (ran.exit.kind !== "exited" || ran.exit.code !== 0) {
    return {
      refused: false,
      says: `the hook of ${title} did not work: ${describeExit(ran.exit)} ${ran.stderr.trim().slice(0, 300)}`.trim(),
    };
  }
  return words.refuses(parseJson(ran.stdout))
    ? { refused: true, says: `a forced push was refused through ${title}'s hook` }
    : { refused: false, says: `the hook of ${title} let a forced push pass` };
}
