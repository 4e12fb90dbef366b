import type { Invocation } from "./argv.ts";
import { commandLine, nameSet, optionValue, optionValues } from "./command-line.ts";
import type { CommandLine } from "./command-line.ts";

/** What a command does on a service that hosts repositories. */
export type HostingDeed =
  | { readonly kind: "delete"; readonly what: string }
  /** Something small, or that can be brought back. */
  | { readonly kind: "delete-small"; readonly what: string }
  | { readonly kind: "merge" }
  | { readonly kind: "approve" }
  | { readonly kind: "settings"; readonly what: string }
  | { readonly kind: "release" };

const settings = (what: string): HostingDeed => ({ kind: "settings", what });

interface Call {
  readonly method: string;
  /** Path below the API's root. */
  readonly path: string;
  /** What is sent, as far as it is known. */
  readonly body: string;
}

/** What `gh api` and its like are told to call. */
export function apiCall(line: CommandLine, start: Invocation): Call {
  const sent = [...optionValues(line, "f", "F", "field", "raw-field"), start.input ?? ""];
  const sends = optionValues(line, "f", "F", "field", "raw-field", "input").length > 0;
  const path = (line.words[1] ?? "").replace(/^https?:\/\/[^/]+\//, "").replace(/^\/?(api\/v\d+\/)?/, "");
  return {
    method: (optionValue(line, "X", "method") ?? (sends ? "POST" : "GET")).toUpperCase(),
    path,
    body: sent.join("\n"),
  };
}

const curlValued = nameSet(
  "X request H header d data data-raw data-binary data-urlencode json u user o output A user-agent e referer b cookie T upload-file m max-time connect-timeout retry url w write-out method body-data post-data header F form K config x proxy",
);

// Hosts whose API is the hosting service's; a server of one's own shows by its path.
const hosts =
  /^(https?:\/\/)?(api\.github\.com|uploads\.github\.com|gitlab\.com\/api\/v4|[\w.-]*gitlab[\w.-]*\/api\/v4|[\w.-]+\/api\/v3|[\w.-]+\/api\/v4|codeberg\.org\/api\/v1|[\w.-]*(gitea|forgejo)[\w.-]*\/api\/v1|api\.bitbucket\.org\/2\.0)\/?(.*)$/i;

/** What a plain HTTP client calls; `undefined` where that is no hosting service. */
export function httpCall(start: Invocation): Call | undefined {
  const line = commandLine(start, curlValued);
  const found = [...line.words, ...optionValues(line, "url")]
    .map((word) => hosts.exec(word))
    .find((match) => match !== null);
  if (found === undefined || found === null) return undefined;
  const body = [
    ...optionValues(line, "d", "data", "data-raw", "data-binary", "json", "body-data", "post-data"),
    start.input ?? "",
  ].join("\n");
  const named =
    optionValue(line, "X", "request", "method") ??
    line.words.find((word) => /^(GET|PUT|POST|PATCH|DELETE)$/.test(word));
  return {
    method: (named ?? (body.trim() === "" ? "GET" : "POST")).toUpperCase(),
    path: found[4] ?? "",
    body,
  };
}

/** What a call of the REST or GraphQL interface does. */
export function apiDeeds(call: Call | undefined): readonly HostingDeed[] {
  if (call === undefined) return [];
  const { method, body } = call;
  const path = call.path.replace(/[?#].*$/, "").replace(/\/$/, "");
  if (path === "graphql" || path.endsWith("/graphql")) return graphql(body);
  if (method === "GET" || method === "HEAD") return [];
  const last = path.split("/").at(-1) ?? "";
  if (/\/merge$|\/merges$/.test(path) && method !== "DELETE") return [{ kind: "merge" }];
  if (/\/reviews(\/|$)/.test(path) && /APPROVE/.test(body)) return [{ kind: "approve" }];
  if (last === "approve" && method === "POST") return [{ kind: "approve" }];
  if (touchesSettings.test(path)) return [settings("settings, secrets or protection of a repository")];
  if (method === "DELETE") return [deletedBy(path)];
  if (/\/releases(\/|$)/.test(path)) return /"?draft"?\s*[:=]\s*true/.test(body) ? [] : [{ kind: "release" }];
  if (path.endsWith("/dispatches") && /release|publish|deploy/i.test(path + body))
    return [{ kind: "release" }];
  if (
    /\/git\/refs\/|\/repository\/(branches|tags)(\/|$)/.test(path) &&
    (method === "PATCH" || method === "PUT")
  )
    return /"?force"?\s*[:=]\s*true/.test(body)
      ? [{ kind: "delete", what: "what a branch held" }]
      : [{ kind: "merge" }];
  const own = /^(repos\/[^/]+\/[^/]+|projects\/[^/]+|orgs\/[^/]+|groups\/[^/]+)$/.test(path);
  return own && method !== "POST" ? [settings("the repository's settings")] : [];
}

const touchesSettings =
  /\/(protection|protected_branches|rulesets?|actions\/(secrets|variables|permissions|workflows\/[^/]+\/(enable|disable))|environments|hooks|keys|deploy_keys|collaborators|invitations|variables|transfer|pages|topics|vulnerability-alerts|automated-security-fixes|approvals|members|access_tokens|branch-protections|dependabot\/secrets|codespaces\/secrets)(\/|$)|^user\/(keys|gpg_keys)/;

function deletedBy(path: string): HostingDeed {
  if (
    /\/(labels|reactions|comments|assignees|requested_reviewers|caches|subscription|starred|logs|artifacts|runs|milestones|deployments|notes|jobs)(\/|$)/.test(
      path,
    )
  )
    return { kind: "delete-small", what: "something small on the hosting service" };
  if (/\/git\/refs\/|\/repository\/(branches|tags)\//.test(path))
    return { kind: "delete", what: "a branch or tag" };
  return {
    kind: "delete",
    what: /^(repos\/[^/]+\/[^/]+|projects\/[^/]+)$/.test(path)
      ? "a repository"
      : "something on the hosting service",
  };
}

function graphql(body: string): readonly HostingDeed[] {
  if (!/\bmutation\b/.test(body)) return [];
  const found: HostingDeed[] = [];
  if (
    /\bdelete(Ref|Repository|Project|ProjectV2|Issue|Package\w*|Discussion|Environment|Deployment|TeamDiscussion|Release)\b/i.test(
      body,
    )
  )
    found.push({ kind: "delete", what: "something on the hosting service" });
  else if (/\bdelete[A-Z]\w*/.test(body) && !/\bdelete(BranchProtectionRule|RepositoryRuleset)/.test(body))
    found.push({ kind: "delete-small", what: "something small on the hosting service" });
  if (
    /\b(mergePullRequest|mergeBranch|enablePullRequestAutoMerge|enqueuePullRequest|mergeRequestAccept)\b/.test(
      body,
    )
  )
    found.push({ kind: "merge" });
  if (/\bAPPROVE\b|\bmergeRequestApprove\b/.test(body)) found.push({ kind: "approve" });
  if (
    /\b(update|delete|create)(BranchProtectionRule|RepositoryRuleset)\b|\b(update|create)(Repository|Environment)\b|\b(archive|unarchive)Repository\b|\bupdate(Ref|Refs)\b/.test(
      body,
    )
  )
    found.push(settings("settings or protection of a repository"));
  return found;
}
