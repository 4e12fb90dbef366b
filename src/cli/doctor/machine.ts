import { Fault } from "../../core/fault.ts";
import type { Host } from "../../core/ports.ts";
import { broken, missing, well } from "./examination.ts";
import type { Examination, Finding } from "./examination.ts";

export const examineMachine: Examination = async ({ host }) => [
  node(host),
  await git(host),
  await jail(host),
];

const oldestNode = 24;

function node({ platform }: Host): Finding {
  const says = `${platform.node} at ${platform.execPath}`;
  return Number.parseInt(platform.node, 10) >= oldestNode
    ? well("node", says)
    : broken("node", says, `install Node ${oldestNode} or newer`);
}

/** Makes a repository, commits, clones it the way a run does, and brings a commit back. */
async function git(host: Host): Promise<Finding> {
  const folder = await host.files.makeTempFolder("surefoot-doctor-");
  const at = (cwd: string) => ({ cwd, neutral: true, env: identity });
  try {
    const version = await host.git.text(["--version"], at(folder));
    await host.git.text(["init", "--quiet", "--initial-branch=main", "one"], at(folder));
    await host.git.text(["commit", "--quiet", "--allow-empty", "--message=one"], at(`${folder}/one`));
    await host.git.text(["clone", "--quiet", "--shared", "--template=", "one", "two"], at(folder));
    await host.git.text(["commit", "--quiet", "--allow-empty", "--message=two"], at(`${folder}/two`));
    await host.git.text(
      ["fetch", "--quiet", "--no-write-fetch-head", `${folder}/two`, "HEAD:refs/heads/back"],
      at(`${folder}/one`),
    );
    return well("git", `${version.replace("git version ", "")}: cloned, committed and fetched back`);
  } catch (error) {
    if (error instanceof Fault) return broken("git", error.message, error.hint);
    throw error;
  } finally {
    await host.files.remove(folder);
  }
}

const identity = {
  GIT_AUTHOR_NAME: "surefoot",
  GIT_AUTHOR_EMAIL: "surefoot@localhost",
  GIT_COMMITTER_NAME: "surefoot",
  GIT_COMMITTER_EMAIL: "surefoot@localhost",
};

/** A jailed process must not see a hidden file and must not write outside its folder. */
async function jail(host: Host): Promise<Finding> {
  const status = await host.jail();
  if (status.kind === "none")
    return missing("jail", `none: ${status.why}; agents and gates run with your own rights`, status.remedy);
  const folder = await host.files.makeTempFolder("surefoot-doctor-");
  try {
    await host.files.write(`${folder}/secret/file`, "secret");
    await host.files.makeFolder(`${folder}/work`);
    const ran = await host.exec({
      run: { shell: `cat ../secret/file; echo escaped > ../escaped; echo done > inside` },
      cwd: `${folder}/work`,
      env: { PATH: host.env["PATH"] ?? "/usr/bin:/bin" },
      timeoutMs: 10_000,
      outputBytes: 10_000,
      jail: { writable: [`${folder}/work`], hidden: [`${folder}/secret`] },
    });
    const inside = await host.files.readText(`${folder}/work/inside`);
    const escaped = (await host.files.stat(`${folder}/escaped`)) !== undefined;
    if (inside === undefined)
      return broken(
        "jail",
        `bubblewrap ${status.version} does not let a process work: ${ran.output.split("\n")[0] ?? ""}`,
        "set `jail: off` in surefoot.yaml until it does",
      );
    if (escaped || ran.stdout.includes("secret"))
      return broken(
        "jail",
        `bubblewrap ${status.version} does not confine`,
        "do not rely on it here: set `jail: off` and use a container",
      );
    return well(
      "jail",
      `bubblewrap ${status.version}: a hidden file was not seen, nothing was written outside`,
    );
  } finally {
    await host.files.remove(folder);
  }
}
