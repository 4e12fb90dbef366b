import { packageFile } from "../../policy/package-files.ts";
import type { CliInput, Io } from "../command.ts";
import { startRun } from "./start-run.ts";

/**
 * `surefoot run --demo`: the bundled project and recording, in a new repository in the temporary folder. Guard, gates
 * and ledger are the real ones; only the agent is recorded.
 */
export async function runDemo(input: CliInput, io: Io): Promise<number> {
  const { host } = io;
  const folder = await host.files.makeTempFolder("surefoot-demo-");
  const shop = `${folder}/corner-shop`;
  await host.files.copy(packageFile("demo/project"), shop);
  const git = (...args: string[]): Promise<string> =>
    host.git.text(["-c", "user.name=surefoot demo", "-c", "user.email=demo@localhost", ...args], {
      cwd: shop,
      neutral: true,
    });
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", "--all");
  await git("commit", "--quiet", "--message=A small shop with a fault in it");
  io.err(
    [
      "A recorded agent works on a small shop with a real fault. The agent is a script; the workspace, the guard, the",
      "gates and the ledger are real.",
      "",
      "",
    ].join("\n"),
  );
  const demo: CliInput = {
    ...input,
    positionals: [packageFile("demo/task.md")],
    values: { ...input.values, demo: false, agent: "recorded", script: packageFile("demo/recording.yaml") },
  };
  const code = await startRun(demo, { ...io, cwd: shop });
  io.err(`\nLook around in it: cd ${shop}\nThen, in a repository of your own: surefoot init\n`);
  return code;
}
