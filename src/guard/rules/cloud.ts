import { argvRule } from "../argv.ts";
import type { Invocation } from "../argv.ts";
import { given, optionValue, optionValues, triesOnly } from "../command-line.ts";
import type { CommandLine } from "../command-line.ts";
import {
  awsLoss,
  azLoss,
  bucketLoss,
  buckets,
  cloudLine,
  gcloudLoss,
  platformLoss,
  platforms,
} from "../cloud.ts";
import type { CloudLoss } from "../cloud.ts";
import { isLocal, placeIn } from "../database.ts";
import type { Rule } from "../rule.ts";

const del = argvRule({
  id: "cloud/delete",
  irreversible: true,
  verdict: "deny",
  says: "it deletes cloud resources or data",
  instead: "aws s3 ls s3://app-data --recursive --summarize",
  programs: ["aws", "gcloud", "az", ...buckets, ...platforms],
  matches: (start) => {
    const line = cloudLine(start);
    if (triesOnly(line) || (start.program === "gsutil" && given(line, "n")) || emulated(start, line))
      return false;
    return loss(start, line);
  },
  mustBlock: [
    "aws s3 rm s3://app-data --recursive",
    "aws s3 rb s3://app-data --force",
    "aws --profile prod s3 sync ./out s3://app-data --delete",
    "aws ec2 terminate-instances --instance-ids i-0abc",
    "aws rds delete-db-instance --db-instance-identifier shop --skip-final-snapshot",
    "aws --region eu-west-1 --output json dynamodb delete-table --table-name orders",
    "aws s3api delete-bucket --bucket app-data",
    "aws logs delete-log-group --log-group-name app",
    "AWS_PROFILE=prod aws lambda delete-function --function-name app",
    "gcloud projects delete shop-prod --quiet",
    "gcloud --project shop compute instances delete web-1 -q",
    "gcloud sql instances delete shop",
    "gcloud storage rm -r gs://app-data",
    "gsutil -m rm -r gs://app-data/backups",
    "az vm delete -g shop -n web --yes",
    "az storage container delete --name data --account-name shop",
    "az keyvault purge --name shop",
    "heroku apps:destroy shop --confirm shop",
    "fly volumes destroy vol_123 -y",
    "doctl compute droplet delete web -f",
    "vercel remove shop --yes",
    "npx wrangler d1 delete shop",
    "firebase firestore:delete --all-collections -f",
    "aws kms schedule-key-deletion --key-id k --pending-window-in-days 7",
    "aws ec2 describe-instances --query 'x' --output text | xargs aws ec2 terminate-instances --instance-ids",
    "rclone purge s3:app-data",
    "bq rm -r -f -d example:dataset",
  ],
  mustAllow: [
    "aws s3 ls s3://app-data",
    "aws s3 rm s3://app-data --recursive --dryrun",
    "aws s3 cp s3://app-data/report.txt /tmp/report.txt",
    "aws ec2 terminate-instances --instance-ids i-0abc --dry-run",
    "aws --endpoint-url http://localhost:4566 s3 rb s3://test --force",
    "aws s3 sync s3://app-data /tmp/data --delete",
    "gcloud config unset project",
    "gcloud compute instances list",
    "az vm list -g shop",
    "gsutil ls gs://app-data",
    "heroku logs --tail",
    "fly status",
    "npx wrangler dev",
    "aws help",
    "grep -rn 'aws s3 rb' scripts",
    "vercel ls",
    "rclone ls s3:app-data",
    "bq ls example:dataset",
  ],
});

const access = argvRule({
  id: "cloud/access",
  irreversible: false,
  verdict: "deny",
  says: "it widens who may do what in a cloud",
  instead: "aws iam list-attached-role-policies --role-name app",
  programs: ["aws", "gcloud", "az", "gsutil", "mc", "vault", "oci", "doctl", "kubectl", "oc"],
  matches: (start) => {
    const line = cloudLine(start);
    return !triesOnly(line) && !emulated(start, line) && widens(start, line);
  },
  mustBlock: [
    "aws iam attach-user-policy --user-name ci --policy-arn arn:aws:iam::aws:policy/AdministratorAccess",
    "aws iam put-role-policy --role-name app --policy-name all --policy-document file://p.json",
    "aws iam create-access-key --user-name root",
    "aws s3api put-bucket-acl --bucket app --acl public-read",
    "aws s3 cp index.html s3://app/ --acl public-read",
    "aws s3api put-public-access-block --bucket app --public-access-block-configuration BlockPublicAcls=false",
    "aws ec2 authorize-security-group-ingress --group-id sg-1 --protocol tcp --port 22 --cidr 0.0.0.0/0",
    "aws lambda add-permission --function-name f --principal '*' --action lambda:InvokeFunction --statement-id a",
    "gcloud projects add-iam-policy-binding shop --member=user:a@example.org --role=roles/owner",
    "gcloud --project shop compute firewall-rules create open --allow tcp:22 --source-ranges 0.0.0.0/0",
    "gcloud storage buckets add-iam-policy-binding gs://app --member=allUsers --role=roles/storage.objectViewer",
    "gsutil iam ch allUsers:objectViewer gs://app",
    "az role assignment create --assignee a --role Owner --scope /subscriptions/1",
    "az network nsg rule create -g shop --nsg-name n -n open --priority 100 --source-address-prefixes '*'",
    "az storage container set-permission -n data --public-access blob",
    "bash -c 'aws --profile prod iam create-user --user-name x'",
    "kubectl create clusterrolebinding all --clusterrole=cluster-admin --user=dev",
    "gcloud iam service-accounts keys create key.json --iam-account=a@shop.iam.gserviceaccount.com",
  ],
  mustAllow: [
    "aws iam list-users",
    "aws iam get-role --role-name app",
    "aws sts get-caller-identity",
    "gcloud projects get-iam-policy shop",
    "gcloud compute firewall-rules list",
    "az role assignment list",
    "gsutil iam get gs://app",
    "kubectl get clusterrolebindings",
    "aws s3api get-bucket-policy --bucket app",
    "aws ec2 describe-security-groups",
    "aws iam simulate-principal-policy --policy-source-arn arn --action-names s3:GetObject",
    "aws ec2 authorize-security-group-ingress --dry-run --group-id sg-1 --cidr 0.0.0.0/0",
  ],
});

export const rules: readonly Rule[] = [del, access];

/** A cloud that runs on this machine, as LocalStack and its like do. */
function emulated({ env = {} }: Invocation, line: CommandLine): boolean {
  const endpoint = optionValue(line, "endpoint-url");
  if (endpoint !== undefined) return isLocal(placeIn(endpoint).host ?? endpoint);
  return /^(localstack|test|local)$/.test(optionValue(line, "profile") ?? env["AWS_PROFILE"] ?? "");
}

function loss(start: Invocation, line: CommandLine): CloudLoss {
  switch (start.program) {
    case "aws":
      return awsLoss(line);
    case "gcloud":
      return gcloudLoss(line);
    case "az":
      return azLoss(line);
    default:
      return buckets.includes(start.program)
        ? bucketLoss(start.program, line)
        : platformLoss(start.program, line);
  }
}

const anywhere = /^(0\.0\.0\.0\/0|::\/0|\*|Internet|Any|0\.0\.0\.0)$/i;

function widens(start: Invocation, line: CommandLine): CloudLoss {
  const { words } = line;
  const [service = "", operation = ""] = words;
  const open = start.words.some((word) => word.split(/[=,\s]/).some((part) => anywhere.test(part)));
  const everyone = start.words.some((word) =>
    /\ballUsers\b|\ballAuthenticatedUsers\b|^public-read/.test(word),
  );
  switch (start.program) {
    case "aws":
      if (service === "iam" || service === "organizations" || service === "sso-admin")
        return /^(attach-|put-(user|role|group|policy)|create-(user|role|policy|access-key|login-profile|policy-version|account-assignment|service-specific|open-id|saml)|add-(user-to-group|role-to)|update-(assume-role-policy|login-profile|access-key|account-password)|set-default-policy|deactivate-mfa|delete-account-password|enable-organizations|put-role-permissions)/.test(
          operation,
        );
      if (/^(authorize-security-group-(in|e)gress|create-network-acl-entry)$/.test(operation))
        return open ? true : { verdict: "ask", says: "it opens a firewall" };
      if (
        /^(put-bucket-(acl|policy)|put-object-acl|put-public-access-block|delete-public-access-block|delete-bucket-policy|delete-bucket-encryption|put-bucket-website)$/.test(
          operation,
        )
      )
        return true;
      if (
        /^(add-permission|put-resource-policy|set-repository-policy|put-key-policy|create-grant|modify-(image|snapshot|db-snapshot)-attribute)$/.test(
          operation,
        )
      )
        return true;
      return (
        optionValues(line, "acl").some((value) => value.startsWith("public-")) ||
        optionValues(line, "publicly-accessible").length > 0 ||
        line.options.has("publicly-accessible")
      );
    case "gcloud":
      if (
        words.some((word) =>
          /^(add-iam-policy-binding|set-iam-policy|add-invoker-policy-binding)$/.test(word),
        )
      )
        return true;
      if (
        /\b(service-accounts keys create|roles (create|update)|service-accounts create)\b/.test(
          words.join(" "),
        )
      )
        return true;
      if (/\bfirewall-rules (create|update)\b/.test(words.join(" ")))
        return open || optionValues(line, "source-ranges").length === 0
          ? true
          : { verdict: "ask", says: "it opens a firewall" };
      return everyone || given(line, "allow-unauthenticated");
    case "gsutil":
      return (
        everyone ||
        (service === "iam" && (operation === "ch" || operation === "set")) ||
        (service === "acl" && (operation === "ch" || operation === "set") && everyone)
      );
    case "az":
      if (
        /^(role (assignment|definition) (create|update)|ad (sp|app|user|group member) (create|create-for-rbac|add|credential)|keyvault set-policy)/.test(
          words.join(" "),
        )
      )
        return true;
      if (/^network nsg rule (create|update)/.test(words.join(" ")))
        return open ? true : { verdict: "ask", says: "it opens a firewall" };
      return (
        /^(blob|container)$/.test(optionValue(line, "public-access") ?? "") ||
        optionValue(line, "allow-blob-public-access") === "true" ||
        /firewall-rule create/.test(words.join(" "))
      );
    case "kubectl":
    case "oc":
      return (
        /^create (cluster)?role(binding)?$/.test(`${service} ${operation}`) ||
        (service === "adm" && operation === "policy" && (words[2] ?? "").startsWith("add-"))
      );
    case "mc":
      return service === "anonymous" && operation === "set" && !words.includes("none");
    case "vault":
      return service === "policy" && operation === "write" ? { verdict: "ask" } : false;
    case "oci":
      return service === "iam" && words.some((word) => /^(create|update|add-user)$/.test(word));
    case "doctl":
      return words.includes("firewall") && words.some((word) => /^(create|update|add-rules)$/.test(word));
    default:
      return false;
  }
}
