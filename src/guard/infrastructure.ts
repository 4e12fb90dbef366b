import type { Invocation } from "./argv.ts";
import { commandLine, nameSet } from "./command-line.ts";
import type { CommandLine } from "./command-line.ts";

/** Terraform and the programs that take its arguments. */
export const terraforms = ["terraform", "tofu", "terragrunt", "cdktf", "terraform.exe"];

const valued = nameSet(
  "chdir var var-file target out lock-timeout parallelism state backup profile region output stack C cwd config stage s r context c stack-name require-approval template-file template-body parameters g resource-group f name n subscription query project terragrunt-working-dir working-dir i inventory e extra-vars l limit t tags app environment",
);

/** Reads what such a tool is given. */
export function stackLine(start: Invocation): CommandLine {
  // Terraform reads further arguments from its environment.
  const { env = {}, words } = start;
  const more = Object.entries(env).flatMap(([name, value]) =>
    name.startsWith("TF_CLI_ARGS") ? value.split(/\s+/) : [],
  );
  return commandLine({ words: [...words, ...more] }, valued);
}

/** The words without what makes Terragrunt run in many folders. */
export function stackWords({ program }: Invocation, { words }: CommandLine): readonly string[] {
  if (program !== "terragrunt") return words;
  return words.filter((word) => !/^(run|run-all|stack|exec|--)$/.test(word));
}
