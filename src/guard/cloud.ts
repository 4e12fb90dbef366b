import type { Invocation } from "./argv.ts";
import { commandLine, given, nameSet, optionValues } from "./command-line.ts";
import type { CommandLine } from "./command-line.ts";
import type { Hit } from "./rule.ts";
import { hole } from "./shell/shell.ts";

/** What a command of a cloud's own program deletes: the rule's verdict, a milder one, or nothing. */
export type CloudLoss = boolean | Omit<Hit, "span">;

/** Options of the clouds' programs that take the next word, where it could be mistaken for a subcommand. */
const valued = nameSet(
  "profile region output query endpoint-url color ca-bundle cli-read-timeout cli-connect-timeout project account configuration format verbosity impersonate-service-account zone location billing-project subscription resource-group name context config app token org organization access-token access-level scope environment bucket key include exclude storage-class acl role member cwd public-access allow-blob-public-access source-ranges desired-count delete-destination publicly-accessible o g n a p c t",
);

export function cloudLine(start: Invocation): CommandLine {
  return commandLine(start, valued);
}

const ask = (says: string): CloudLoss => ({ verdict: "ask", says });

const small = "it deletes one thing in a cloud that can be made anew";

// What costs nothing but another deployment: marks, tasks, queued messages, tests of one's own.
const awsSmall =
  /^(delete-(tags?|log-stream|metric-filter|dashboards|alarms|scheduled-action|task-definitions|launch-template-versions|lifecycle-policy|rule|function-event-invoke-config|function-concurrency|event-source-mapping|schedule|layer-version|image|object-tagging|bucket-tagging)|remove-tags.*|deregister-(targets|task-definition|container-instance)|batch-delete-image)$/;

/** `aws`: the service, the operation and its options. */
export function awsLoss(line: CommandLine): CloudLoss {
  const [service = "", operation = ""] = line.words;
  if (service === "s3") return s3Loss(operation, line);
  if (service === "s3api" && operation === "delete-object") return ask("it deletes an object in a bucket");
  if (
    service === "ecs" &&
    operation === "update-service" &&
    optionValues(line, "desired-count").includes("0")
  )
    return ask("it stops a service");
  if (service === "ec2" && operation === "stop-instances") return ask("it stops machines");
  if (service === "kms" && operation === "schedule-key-deletion") return true;
  if (service === "cloudformation") return false;
  // Taking a message from a queue is how it is read.
  if (/^delete-message(-batch)?$/.test(operation)) return false;
  if (awsSmall.test(operation)) return ask(small);
  return (
    /^(delete|terminate|purge|destroy|release|batch-delete|force-delete|deregister|remove|revoke-cluster|cancel-spot|dispose|empty|reset-db|failover)-/.test(
      operation,
    ) && !/^(remove-permission|remove-role-from|remove-user-from|release-address-dry)/.test(operation)
  );
}

function s3Loss(operation: string, line: CommandLine): CloudLoss {
  if (operation === "rb") return true;
  if (operation === "sync") return given(line, "delete") && bucketAt(line.words[3]);
  if (operation === "rm") return given(line, "recursive") ? true : ask("it deletes an object in a bucket");
  return operation === "mv" && given(line, "recursive") && bucketAt(line.words[2])
    ? ask("it takes the objects away from where they are")
    : false;
}

function bucketAt(word: string | undefined): boolean {
  return (
    word !== undefined && (word.startsWith("s3://") || word.startsWith("gs://") || word.startsWith(hole))
  );
}

/** `gcloud`: groups, then a verb, then names. */
export function gcloudLoss(line: CommandLine): CloudLoss {
  const words = line.words.filter((word) => word !== "alpha" && word !== "beta");
  const verb = words.findIndex(
    (word, index) =>
      index > 0 && /^(delete|remove|rm|destroy|purge|undelete|wipeout|disable)(-|$)/.test(word),
  );
  if (verb < 0) return false;
  const [group = ""] = words;
  const found = words[verb] ?? "";
  if (/^(config|auth|components|topic|emulators)$/.test(group)) return false;
  if (group === "storage" && found === "rm")
    return given(line, "recursive", "r", "R") || words.some((word) => word.includes("**"))
      ? true
      : ask("it deletes an object in a bucket");
  if (/^(remove-(iam-policy-binding|tags|labels|metadata|instances|backend)|undelete)$/.test(found))
    return false;
  if (found === "disable" && group !== "services" && group !== "kms") return false;
  return /^(firewall-rules|versions|revisions|images|tags|operations|triggers)$/.test(words[verb - 1] ?? "")
    ? ask(small)
    : true;
}

/** `az`: groups, then a verb. */
export function azLoss(line: CommandLine): CloudLoss {
  const { words } = line;
  const verb = words.findIndex(
    (word, index) => index > 0 && /^(delete|delete-batch|purge|remove|deallocate|delete-source)$/.test(word),
  );
  if (verb < 0) return false;
  const group = words[0] ?? "";
  if (/^(config|account|login|extension|configure|cache)$/.test(group) || group === "group") return false;
  // Work items and the like belong to the hosting side of the same program.
  if (/^(repos|boards|pipelines|devops|artifacts)$/.test(group)) return false;
  if (words[verb] === "deallocate" || words[verb] === "remove") return ask(small);
  return /^(blob|tag|lock|rule|slot|operation)$/.test(words[verb - 1] ?? "") &&
    words[verb] === "delete" &&
    !words.includes("batch")
    ? ask(small)
    : true;
}

/** Programs for buckets that are like a file system. */
export function bucketLoss(program: string, line: CommandLine): CloudLoss {
  const [verb = ""] = line.words;
  const wide =
    given(line, "r", "R", "recursive", "a", "force", "rf") ||
    line.words.some((word) => /\*\*|\/\*$/.test(word));
  switch (program) {
    case "gsutil":
      if (verb === "rb") return true;
      if (verb === "rm") return wide ? true : ask("it deletes an object in a bucket");
      return verb === "rsync" && given(line, "d") && bucketAt(line.words.at(-1));
    case "s3cmd":
    case "s4cmd":
    case "s5cmd":
      if (verb === "rb") return true;
      if (verb === "sync") return given(line, "delete-removed", "delete");
      return /^(del|rm)$/.test(verb) ? (wide ? true : ask("it deletes an object in a bucket")) : false;
    case "mc":
    case "mcli":
      if (verb === "rb") return true;
      if (verb === "mirror") return given(line, "remove");
      return verb === "rm" ? (wide ? true : ask("it deletes an object in a bucket")) : false;
    case "azcopy":
      return (
        /^(remove|rm)$/.test(verb) ||
        (verb === "sync" && line.options.get("delete-destination")?.at(-1) === "true")
      );
    case "rclone": {
      if (!/^(delete|purge|rmdirs|sync|cleanup)$/.test(verb)) return false;
      // A remote has a name and a colon; a folder is the file rules' business.
      const target = line.words[verb === "sync" ? 2 : 1] ?? "";
      return /^[\w-]+:/.test(target);
    }
    default:
      return false;
  }
}

/** Programs of smaller clouds and platforms: the words that delete, each from its manual. */
export function platformLoss(program: string, line: CommandLine): CloudLoss {
  const { words } = line;
  const text = words.slice(0, 4).join(" ");
  const [first = "", second = ""] = words;
  switch (program) {
    case "heroku":
      return /^(apps:destroy|apps:delete|destroy|addons:destroy|pg:reset|pipelines:destroy|spaces:destroy|domains:clear|teams:destroy)\b/.test(
        first,
      );
    case "fly":
    case "flyctl":
      return (
        /^(apps|app|volumes?|vol|machines?|m|postgres|pg|redis|orgs|ips) (destroy|delete|rm|remove|release)\b/.test(
          text,
        ) || first === "destroy"
      );
    case "vercel":
    case "vc":
      return /^(rm|remove)\b|^(project|projects|domains|dns|certs|alias|blob|integration) (rm|remove|del)\b/.test(
        text,
      );
    case "netlify":
    case "ntl":
      return /^(sites|site|blobs):(delete|remove)/.test(first);
    case "wrangler":
      return (
        !given(line, "local") &&
        /^(delete\b|(d1|r2 bucket|r2 object|kv namespace|kv key|kv bulk|queues|vectorize|hyperdrive|pages project|pages deployment|secret|workflows) delete\b|kv:(namespace|key|bulk) delete\b)/.test(
          text,
        )
      );
    case "bq":
      return first === "rm" && given(line, "r", "d", "dataset", "recursive")
        ? true
        : first === "rm" && ask(small);
    case "railway":
      return (
        /^(down|delete|remove)$/.test(first) || /^(environment|volume|service) (delete|rm|remove)/.test(text)
      );
    case "render":
      return /\b(delete|destroy)$/.test(`${first} ${second}`);
    case "firebase":
      return /^(firestore:delete|database:remove|database:set|hosting:disable|functions:delete|projects:delete|apptesting:delete|auth:delete)$/.test(
        first,
      )
        ? first === "database:set"
          ? ask("it replaces data in a database")
          : true
        : false;
    case "supabase":
      return /^(projects|branches|functions|orgs|storage rm|storage) (delete|rm)\b/.test(text);
    case "neonctl":
    case "neon":
    case "pscale":
    case "turso":
    case "planetscale":
      return (
        /\b(delete|destroy)\b/.test(`${first} ${second}`) ||
        (program === "turso" && first === "db" && second === "destroy")
      );
    case "doctl":
    case "hcloud":
    case "linode-cli":
    case "scw":
    case "vultr-cli":
    case "ibmcloud":
    case "oci":
    case "aliyun":
    case "civo":
    case "openstack":
    case "exo":
    case "upctl":
    case "ovhcloud":
      return words.some(
        (word, index) =>
          index > 0 &&
          /^(delete|destroy|rm|remove|terminate|[\w-]+-(delete|rm)|Delete\w+|purge|rebuild|terminated)$/.test(
            word,
          ),
      );
    case "cf":
      return /^(delete|delete-\w[\w-]*|purge-\w[\w-]*)$/.test(first);
    case "atlas":
    case "mongocli":
    case "confluent":
    case "ccloud":
      return words.some((word) => /^(delete|terminate)$/.test(word));
    case "vault":
      return /^(kv (destroy|metadata delete)|secrets disable|auth disable|policy delete|operator (seal|rekey))/.test(
        text,
      )
        ? true
        : /^(kv delete|delete)/.test(text)
          ? ask("it deletes a secret")
          : false;
    default:
      return false;
  }
}

export const platforms = [
  "bq heroku fly flyctl vercel vc netlify ntl wrangler railway render firebase supabase neonctl neon pscale turso doctl",
  "hcloud linode-cli scw vultr-cli ibmcloud oci aliyun civo openstack exo upctl ovhcloud cf atlas mongocli confluent ccloud vault",
].flatMap((line) => line.split(" "));

export const buckets = ["gsutil", "s3cmd", "s4cmd", "s5cmd", "mc", "mcli", "azcopy", "rclone"];
