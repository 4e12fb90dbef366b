import { Fault } from "../core/fault.ts";
import { describeExit, succeeded } from "../core/exit.ts";
import type { CompiledPolicy } from "../core/policy.ts";
import type { Host, Ran } from "../core/ports.ts";
import { examinePolicy, loadPolicy } from "./load.ts";
import type { Examined, PolicyRequest } from "./load.ts";

export type PolicyAtOptions = Pick<PolicyRequest, "preset" | "service" | "overrides" | "tryExamples">;

/**
 * The policy as a commit has it, which is how CI must read it: a change judged by its own policy would be its own
 * judge. No local file and no user settings take part. Throws `repo/git-failed` for a commit that is not there.
 */
export async function policyAt(
  host: Host,
  root: string,
  commit: string,
  options: PolicyAtOptions = {},
): Promise<CompiledPolicy> {
  return loadPolicy(await requestAt(host, root, commit, options));
}

export async function examinePolicyAt(
  host: Host,
  root: string,
  commit: string,
  options: PolicyAtOptions = {},
): Promise<Examined> {
  return examinePolicy(await requestAt(host, root, commit, options));
}

async function requestAt(
  host: Host,
  root: string,
  commit: string,
  options: PolicyAtOptions,
): Promise<PolicyRequest> {
  if (commit.startsWith("-") || commit === "")
    throw new Fault("usage/invalid", `${JSON.stringify(commit)} is not a commit`, {
      hint: "name a commit, a branch or a tag",
    });
  const found = await host.git.run(["rev-parse", "--verify", "--quiet", `${commit}^{commit}`], { cwd: root });
  if (!succeeded(found.exit))
    throw new Fault("repo/git-failed", `there is no commit ${commit} here`, {
      hint: "fetch it first (a shallow clone in CI has only the newest commit: set fetch-depth: 0), or name another",
    });
  const id = found.stdout.trim();
  return { ...options, files: host.files, root, local: false, read: (path) => show(host, root, id, path) };
}

async function show(host: Host, root: string, commit: string, path: string): Promise<string | undefined> {
  const listed = await host.git.run(["ls-tree", "--full-tree", "--name-only", "-z", commit, "--", path], {
    cwd: root,
  });
  if (!succeeded(listed.exit)) throw failed(listed, `list ${path}`);
  if (listed.stdout === "") return undefined;
  const shown = await host.git.run(["cat-file", "blob", `${commit}:${path}`], {
    cwd: root,
    outputBytes: 1_048_576,
  });
  if (!succeeded(shown.exit)) throw failed(shown, `read ${path} at ${commit.slice(0, 12)}`);
  if (shown.truncated)
    throw new Fault("policy/invalid", `${path} at ${commit.slice(0, 12)} is larger than a megabyte`, {
      where: { file: path },
      hint: "a policy is a small file: shorten it",
    });
  return shown.stdout;
}

function failed(ran: Ran, doing: string): Fault {
  return new Fault(
    "repo/git-failed",
    `git could not ${doing}: ${ran.stderr.trim() || describeExit(ran.exit)}`,
    {
      hint: "run git status here to see what git says",
    },
  );
}
