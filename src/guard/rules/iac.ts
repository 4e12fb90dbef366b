import type { Effect } from "../../core/action.ts";
import { argvRule, invocations } from "../argv.ts";
import type { Invocation } from "../argv.ts";
import { given, nameSet, optionValue, optionValues, startsWith, triesOnly } from "../command-line.ts";
import type { CommandLine } from "../command-line.ts";
import { stackLine, stackWords, terraforms } from "../infrastructure.ts";
import { once } from "../once.ts";
import type { Hit, Rule, Scene } from "../rule.ts";

const destroy = argvRule({
  id: "iac/destroy",
  irreversible: true,
  verdict: "deny",
  says: "it destroys infrastructure",
  instead: "terraform plan -destroy",
  programs: [
    ...terraforms,
    "pulumi",
    "cdk",
    "sls",
    "serverless",
    "sst",
    "sam",
    "copilot",
    "eb",
    "aws",
    "az",
    "gcloud",
    "azd",
    "amplify",
    "chalice",
    "zappa",
    "up",
    "vagrant",
    "crossplane",
    "ansible-playbook",
    "localstack",
  ],
  matches: (start) => {
    const line = stackLine(start);
    return !triesOnly(line) && destroys(start, line);
  },
  mustBlock: [
    "terraform destroy",
    "terraform -chdir=infra destroy -auto-approve",
    "terraform apply -destroy",
    "tofu destroy -target=module.db",
    "terragrunt run-all destroy",
    "cd infra && terraform apply -auto-approve -destroy",
    "pulumi destroy --yes --stack prod",
    "pulumi -C infra down -y",
    "npx cdk destroy --all --force",
    "aws cloudformation delete-stack --stack-name shop",
    "aws --profile prod --region eu-west-1 cloudformation delete-stack --stack-name shop",
    "az group delete --name shop --yes",
    "gcloud deployment-manager deployments delete shop -q",
    "npx serverless remove --stage prod",
    "sam delete --no-prompts",
    "bash -c 'echo yes | terraform destroy'",
    "TF_WORKSPACE=prod terraform destroy --auto-approve",
    "azd down --purge --force",
  ],
  mustAllow: [
    "terraform plan",
    "terraform plan -destroy",
    "terraform -chdir=infra validate",
    "terraform destroy -help",
    "pulumi preview",
    "pulumi destroy --preview-only",
    "npx cdk diff",
    "aws cloudformation describe-stacks --stack-name shop",
    "git commit -m 'document terraform destroy'",
    "npx serverless package",
    "az group list",
  ],
});

const unattendedApply = argvRule({
  id: "iac/unattended-apply",
  irreversible: false,
  verdict: "ask",
  says: "it changes infrastructure without anybody looking at a plan",
  instead: "terraform plan",
  programs: [
    ...terraforms,
    "pulumi",
    "cdk",
    "sls",
    "serverless",
    "sst",
    "sam",
    "aws",
    "az",
    "gcloud",
    "azd",
    "copilot",
    "ansible-playbook",
    "packer",
  ],
  matches: (start, scene) => {
    const line = stackLine(start);
    return !triesOnly(line) && appliesUnseen(start, line, scene);
  },
  mustBlock: [
    "terraform apply -auto-approve",
    "terraform -chdir=infra apply --auto-approve -var env=dev",
    "yes yes | terraform apply",
    "TF_CLI_ARGS_apply=-auto-approve terraform apply",
    "terraform plan -out=p && terraform apply p",
    "pulumi up --yes",
    "pulumi up -fy --stack prod",
    "npx cdk deploy --all --require-approval never",
    "tofu apply -auto-approve=true",
    "terragrunt run-all apply --terragrunt-non-interactive",
    "sam deploy --no-confirm-changeset",
    "aws cloudformation deploy --template-file t.yaml --stack-name shop",
    "aws cloudformation update-stack --stack-name shop --template-body file://t.yaml",
    "az deployment group create -g shop -f main.bicep",
    "npx serverless deploy --stage prod",
  ],
  mustAllow: [
    "terraform apply tfplan",
    "terraform plan -out=tfplan",
    "terraform init -upgrade",
    "terraform fmt -recursive",
    "terraform show -json tfplan",
    "pulumi preview --diff",
    "npx cdk synth",
    "sam build && sam validate",
    "aws cloudformation validate-template --template-body file://t.yaml",
    "az deployment group what-if -g shop -f main.bicep",
    "aws cloudformation deploy --no-execute-changeset --template-file t.yaml --stack-name shop",
  ],
});

export const rules: readonly Rule[] = [destroy, unattendedApply];

function destroys(start: Invocation, line: CommandLine): boolean | Omit<Hit, "span"> {
  const words = stackWords(start, line);
  const [first = "", second = "", third = ""] = words;
  switch (start.program) {
    case "pulumi":
      if (given(line, "preview-only")) return false;
      return /^(destroy|down|dn)$/.test(first) || (first === "stack" && /^(rm|delete)$/.test(second));
    case "cdk":
      return first === "destroy";
    case "sls":
    case "serverless":
    case "sst":
      return first === "remove" || first === "destroy";
    case "sam":
    case "amplify":
    case "chalice":
      return first === "delete";
    case "zappa":
      return first === "undeploy";
    case "copilot":
      return second === "delete";
    case "eb":
      return first === "terminate";
    case "azd":
      return first === "down";
    case "vagrant":
    case "localstack":
      return first === "destroy"
        ? { verdict: "ask", says: "it destroys a local machine with everything in it" }
        : false;
    case "aws":
      return /^(cloudformation delete-stack(-set|-instances)?|proton delete-\S+)$/.test(`${first} ${second}`);
    case "az":
      return (
        /^(group|stack|deployment) delete$/.test(`${first} ${second}`) ||
        (first === "stack" && third === "delete") ||
        (first === "deployment" && optionValue(line, "mode") === "Complete")
      );
    case "gcloud": {
      const plain = words.filter((word) => word !== "beta" && word !== "alpha").join(" ");
      return /^(deployment-manager|infra-manager) (deployments|previews) delete/.test(plain);
    }
    case "ansible-playbook":
      return words.some((word) => /(destroy|teardown|decommission)[\w-]*\.ya?ml$/.test(word));
    case "up":
      return startsWith(line, "stack", "delete");
    case "crossplane":
      return false;
    default:
      return first === "destroy" || (first === "apply" && given(line, "destroy"));
  }
}

function appliesUnseen(start: Invocation, line: CommandLine, scene: Scene): boolean {
  const words = stackWords(start, line);
  const [first = "", second = ""] = words;
  const answered = /^\s*y(es)?\b/i.test(start.input ?? "") || isAnsweredByYes(start, scene);
  switch (start.program) {
    case "pulumi":
      return (
        /^(up|update|refresh|import|watch)$/.test(first) &&
        (given(line, "yes", "y", "skip-preview", "f") || answered)
      );
    case "cdk":
      return (
        (first === "deploy" &&
          (optionValue(line, "require-approval") === "never" ||
            given(line, "force", "f", "yes", "y", "hotswap") ||
            answered)) ||
        first === "watch"
      );
    case "sls":
    case "serverless":
    case "sst":
      return first === "deploy" && !/^(dev|local|test|offline)/.test(optionValue(line, "stage", "s") ?? "");
    case "sam":
      return first === "deploy" && given(line, "no-confirm-changeset");
    case "aws":
      return (
        first === "cloudformation" &&
        /^(deploy|update-stack|create-stack|execute-change-set|update-stack-set)$/.test(second) &&
        !given(line, "no-execute-changeset")
      );
    case "az":
      return first === "deployment" && words.includes("create") && !given(line, "confirm-with-what-if", "c");
    case "gcloud":
      return /^(deployment-manager deployments (create|update)|infra-manager deployments apply)/.test(
        words.join(" "),
      );
    case "azd":
      return /^(up|provision)$/.test(first);
    case "copilot":
      return second === "deploy";
    case "ansible-playbook":
      return (
        !given(line, "check", "C", "syntax-check", "list-tasks", "list-hosts") &&
        optionValues(line, "i", "inventory", "l", "limit").some((name) => /prod/i.test(name))
      );
    case "packer":
      return false;
    default:
      if (first !== "apply" && first !== "deploy" && first !== "refresh") return false;
      return (
        given(line, "auto-approve", "terragrunt-non-interactive", "non-interactive") ||
        answered ||
        plannedUnseen(words, scene)
      );
  }
}

/** `yes | …`: what stands on the input of such a program is an answer to every question. */
function isAnsweredByYes({ span }: Invocation, { effects, action }: Scene): boolean {
  if (span === undefined || action.kind !== "exec") return false;
  return invocations(effects, yes).some(
    ({ span: other }) =>
      other !== undefined && /^[^;&|\n]*\|[^;&\n]*$/.test(action.command.slice(other.start, span.start)),
  );
}

const yes = nameSet("yes");

/** A plan that the same command makes: nobody has read it when it is applied. */
function plannedUnseen(words: readonly string[], { effects }: Scene): boolean {
  const file = words[1];
  if (file === undefined) return false;
  return plansIn(effects).has(file);
}

const planning = new Set(terraforms);
const plansIn = once(
  (effects: readonly Effect[]) =>
    new Set(invocations(effects, planning).map((start) => optionValue(stackLine(start), "out"))),
);
