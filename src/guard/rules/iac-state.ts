import { argvRule } from "../argv.ts";
import { triesOnly } from "../command-line.ts";
import { stackLine, stackWords, terraforms } from "../infrastructure.ts";
import { placeOf } from "../paths.ts";
import type { Rule } from "../rule.ts";
import { together, watching } from "../watching.ts";

const byProgram = argvRule({
  id: "iac/state",
  irreversible: false,
  verdict: "deny",
  says: "it edits the state behind the tool's back, so that it forgets or mistakes what exists",
  instead: "terraform state list",
  programs: [...terraforms, "pulumi"],
  matches: (start) => {
    const line = stackLine(start);
    if (triesOnly(line)) return false;
    const words = stackWords(start, line);
    const [first = "", second = ""] = words;
    if (start.program === "pulumi")
      return first === "state"
        ? /^(delete|unprotect|rename|move|edit|repair|upgrade)$/.test(second)
        : first === "stack" && second === "import";
    if (first === "state") return /^(rm|mv|push|replace-provider)$/.test(second);
    if (first === "workspace") return second === "delete";
    if (first === "force-unlock") return true;
    // Marks for being built anew, or takes in what something else made.
    return /^(taint|untaint|import)$/.test(first) ? { verdict: "ask" } : false;
  },
  mustBlock: [],
  mustAllow: [],
});

// The same by way of the file in which it is kept.
const state: Rule = {
  ...byProgram,
  find: together(
    byProgram.find,
    watching({ effects: ["write", "delete"] }, ({ effects, facts }) =>
      effects.flatMap((effect) => {
        if (effect.kind !== "delete" && effect.kind !== "write") return [];
        const isState = effect.path !== undefined && /\.tfstate(\.backup)?$/.test(effect.path);
        if (!isState || placeOf(effect, facts).kind === "temp") return [];
        return [effect.span === undefined ? {} : { span: effect.span }];
      }),
    ),
  ),
  mustBlock: [
    "terraform state rm aws_db_instance.main",
    "terraform -chdir=infra state push local.tfstate",
    "terraform state mv a b",
    "terraform force-unlock -force 3f2a",
    "terraform workspace delete -force prod",
    "tofu state rm module.db",
    "pulumi state delete urn:pulumi:prod::db",
    "terraform taint aws_instance.web",
    "terraform import aws_s3_bucket.logs example-logs",
    "terraform state list | xargs -n1 terraform state rm",
    "rm -f terraform.tfstate terraform.tfstate.backup && terraform init",
    "echo '{}' > infra/terraform.tfstate",
  ],
  mustAllow: [
    "terraform state list",
    "terraform state show aws_db_instance.main",
    "terraform state pull",
    "terraform workspace list",
    "terraform workspace select dev",
    "terraform state rm -dry-run aws_db_instance.main",
    "pulumi stack ls",
    "pulumi stack export",
    "rm -rf .terraform && terraform init",
    "cp terraform.tfstate /tmp/before.tfstate",
    "cat terraform.tfstate",
  ],
};

export const rules: readonly Rule[] = [state];
