import { resolve } from "node:path";
import { Fault } from "../../core/fault.ts";
import type { Policy } from "../../core/policy.ts";
import { examinePolicy } from "../../policy/load.ts";
import type { PolicyRequest } from "../../policy/load.ts";
import { faultOf } from "../../policy/problem.ts";
import type { Io } from "../command.ts";

/**
 * A file read in the place of surefoot.yaml, alone: no local file and no settings of the user take part. Throws
 * `policy/not-found`, and `policy/invalid` with the place in that file.
 */
export async function otherPolicy(
  io: Io,
  root: string,
  file: string,
  { tryExamples }: Pick<PolicyRequest, "tryExamples">,
): Promise<Policy> {
  const { files } = io.host;
  const path = resolve(io.cwd, file);
  if ((await files.stat(path)) === undefined)
    throw new Fault("policy/not-found", `there is no policy file ${file}`, {
      hint: "name a file in the form of surefoot.yaml",
    });
  const { problems, compiled } = await examinePolicy({
    files,
    root,
    local: false,
    read: (name) => files.readText(name === "surefoot.yaml" ? path : `${root}/${name}`),
    ...(tryExamples === undefined ? {} : { tryExamples }),
  });
  const [first, ...others] = problems.map((problem) =>
    problem.where.file === "surefoot.yaml" ? { ...problem, where: { ...problem.where, file } } : problem,
  );
  if (first !== undefined) throw faultOf("policy/invalid", first, others);
  if (compiled === undefined) throw new Error("a policy without a problem was not compiled");
  return compiled.policy;
}
