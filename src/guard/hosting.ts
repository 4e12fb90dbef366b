import type { Effect } from "../core/action.ts";
import type { Invocation } from "./argv.ts";
import { invocations } from "./argv.ts";
import { commandLine, given, nameSet, optionValue } from "./command-line.ts";
import type { CommandLine } from "./command-line.ts";
import { apiCall, apiDeeds, httpCall } from "./hosting-api.ts";
import type { HostingDeed } from "./hosting-api.ts";
import { once } from "./once.ts";

export interface HostingStart {
  readonly deed: HostingDeed;
  readonly start: Invocation;
}

const programs = nameSet("gh glab hub tea az curl wget http https xh httpie bb");

export function mayReachHosting(program: string): boolean {
  return programs.has(program);
}

/** Everything that the commands of an action do on a hosting service. */
export const hostingDeeds = once((effects: readonly Effect[]): readonly HostingStart[] =>
  invocations(effects, programs).flatMap((start) => deeds(start).map((deed) => ({ deed, start }))),
);

const valued = nameSet(
  "R repo b body B base t title F body-file body-text l label m milestone a assignee p project r reviewer H header hostname X method f raw-field field input q jq template n notes notes-file target e env o org u user branch head visibility default-branch homepage description message subject match-head-commit author-email s state limit L json S search sha tag-name ref id organization pr status vote",
);

function deeds(start: Invocation): readonly HostingDeed[] {
  const { program } = start;
  const line = commandLine(start, valued);
  // `-h` asks for help here; curl has a long name for it as well.
  if (given(line, "help") || (program !== "curl" && line.options.has("h"))) return [];
  switch (program) {
    case "gh":
    case "glab":
      if (line.words[0] === "api") return apiDeeds(apiCall(line, start));
      return program === "gh" ? ghDeeds(line) : glabDeeds(line);
    case "hub":
      if (line.words[0] === "api") return apiDeeds(apiCall(line, start));
      return hubDeeds(line);
    case "tea":
    case "bb":
      return teaDeeds(line);
    case "az":
      return azureDeeds(line);
    default:
      return apiDeeds(httpCall(start));
  }
}

const settings = (what: string): HostingDeed => ({ kind: "settings", what });

function ghDeeds(line: CommandLine): readonly HostingDeed[] {
  const [noun = "", verb = "", third = ""] = line.words;
  switch (`${noun} ${verb}`) {
    case "repo delete":
    case "project delete":
    case "org delete":
      return [{ kind: "delete", what: noun === "repo" ? "a repository" : `a ${noun}` }];
    case "release delete":
    case "release delete-asset":
    case "issue delete":
    case "codespace delete":
    case "gist delete":
      return [{ kind: "delete", what: `a ${noun}` }];
    case "cs delete":
      return [{ kind: "delete", what: "a codespace" }];
    case "label delete":
    case "cache delete":
    case "run delete":
    case "project item-delete":
    case "project field-delete":
      return [{ kind: "delete-small", what: `a ${noun}` }];
    case "pr close":
    case "issue close":
      return given(line, "delete-branch", "d") && noun === "pr"
        ? [{ kind: "delete-small", what: "a branch" }]
        : [];
    case "pr merge":
      return given(line, "disable-auto") ? [] : [{ kind: "merge" }];
    case "pr review":
      return given(line, "approve", "a") ? [{ kind: "approve" }] : [];
    case "repo edit":
    case "repo archive":
    case "repo unarchive":
    case "repo rename":
    case "repo transfer":
      return [settings("the repository's settings")];
    case "secret set":
    case "secret delete":
    case "secret remove":
    case "variable set":
    case "variable delete":
    case "variable remove":
      return [settings(`a ${noun} of the repository`)];
    case "workflow disable":
    case "workflow enable":
      return [settings("which workflows run")];
    case "repo deploy-key":
      return third === "add" || third === "delete" ? [settings("who may push to the repository")] : [];
    case "ssh-key add":
    case "ssh-key delete":
    case "gpg-key add":
    case "gpg-key delete":
      return [settings("the account's keys")];
    case "ruleset delete":
      return [settings("a rule of the repository")];
    case "release create":
      return given(line, "draft", "d") ? [] : [{ kind: "release" }];
    case "release edit":
    case "release upload":
      return line.options.get("draft")?.at(-1) === "false" || verb === "upload" || given(line, "latest")
        ? [{ kind: "release" }]
        : [];
    case "workflow run":
      return /release|publish|deploy/i.test(third) ? [{ kind: "release" }] : [];
    default:
      return [];
  }
}

function glabDeeds(line: CommandLine): readonly HostingDeed[] {
  const [noun = "", verb = "", third = ""] = line.words;
  const plain = noun === "project" ? "repo" : noun;
  if (/^(delete|rm|del|remove)$/.test(verb)) {
    if (plain === "repo" || plain === "release" || plain === "issue" || plain === "mr")
      return [{ kind: "delete", what: plain === "repo" ? "a repository" : `a ${plain}` }];
    if (plain === "variable" || plain === "token" || plain === "deploy-key")
      return [settings(`a ${plain} of the project`)];
    if (/^(label|milestone|incident|snippet|ci|schedule|securefile|cluster|ssh-key)$/.test(plain))
      return [{ kind: "delete-small", what: `a ${plain}` }];
  }
  if (plain === "mr" && /^(merge|accept)$/.test(verb)) return [{ kind: "merge" }];
  if (plain === "mr" && verb === "approve") return [{ kind: "approve" }];
  if (plain === "variable" && /^(set|update|create)$/.test(verb))
    return [settings("a variable of the project")];
  if (plain === "repo" && /^(archive|transfer|edit|update|members)$/.test(verb))
    return [settings("the project's settings")];
  if (plain === "token" && /^(create|rotate|revoke)$/.test(verb)) return [settings("a token")];
  if (plain === "ssh-key" && verb === "add") return [settings("the account's keys")];
  if (plain === "ci" && verb === "delete") return [{ kind: "delete-small", what: "a pipeline" }];
  if (plain === "release" && /^(create|upload)$/.test(verb)) return [{ kind: "release" }];
  return plain === "cluster" && third === "delete" ? [{ kind: "delete-small", what: "a cluster agent" }] : [];
}

function hubDeeds(line: CommandLine): readonly HostingDeed[] {
  const [noun = "", verb = ""] = line.words;
  if (noun === "delete") return [{ kind: "delete", what: "a repository" }];
  if (noun === "release" && verb === "delete") return [{ kind: "delete", what: "a release" }];
  if (noun === "release" && (verb === "create" || verb === "edit"))
    return given(line, "draft", "d") ? [] : [{ kind: "release" }];
  return noun === "merge" || (noun === "pr" && verb === "merge") ? [{ kind: "merge" }] : [];
}

function teaDeeds(line: CommandLine): readonly HostingDeed[] {
  const [noun = "", verb = ""] = line.words;
  const removes = /^(delete|rm)$/.test(verb);
  if (removes && /^(repos?|releases?|r|branches|b)$/.test(noun))
    return [{ kind: "delete", what: "a repository or release" }];
  if (/^(pulls?|pr)$/.test(noun) && verb === "merge") return [{ kind: "merge" }];
  if (/^(pulls?|pr)$/.test(noun) && verb === "approve") return [{ kind: "approve" }];
  return /^(releases?|r)$/.test(noun) && verb === "create" ? [{ kind: "release" }] : [];
}

function azureDeeds(line: CommandLine): readonly HostingDeed[] {
  const text = line.words.slice(0, 4).join(" ");
  if (
    /^(repos delete|devops project delete|boards work-item delete|artifacts universal delete|repos ref delete)/.test(
      text,
    )
  )
    return [{ kind: "delete", what: "a repository or project" }];
  if (
    /^(pipelines (delete|variable|folder delete|build tag delete)|repos (policy|update)|devops (security|service-endpoint) )/.test(
      text,
    ) &&
    !/ (list|show)$/.test(text)
  )
    return [settings("the project's settings")];
  if (text.startsWith("repos pr update") && optionValue(line, "status") === "completed")
    return [{ kind: "merge" }];
  return text.startsWith("repos pr set-vote") && optionValue(line, "vote") === "approve"
    ? [{ kind: "approve" }]
    : [];
}
