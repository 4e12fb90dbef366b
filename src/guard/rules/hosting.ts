import { hostingDeeds, mayReachHosting } from "../hosting.ts";
import type { HostingDeed } from "../hosting-api.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { watching } from "../watching.ts";

const del: Rule = {
  id: "hosting/delete",
  irreversible: true,
  verdict: "deny",
  says: "it deletes something on the hosting service",
  instead: "gh repo view acme/shop",
  find: watching({ programs: mayReachHosting }, (scene) =>
    found(scene, (deed) => {
      if (deed.kind === "delete") return { says: `it deletes ${deed.what} on the hosting service` };
      return deed.kind === "delete-small"
        ? { says: `it deletes ${deed.what} on the hosting service`, verdict: "ask" }
        : undefined;
    }),
  ),
  mustBlock: [
    "gh repo delete acme/shop --yes",
    "gh -R acme/shop release delete v1.0 -y --cleanup-tag",
    "gh issue delete 12 --yes",
    "gh api -X DELETE repos/acme/shop",
    "gh api --method DELETE /repos/acme/shop/git/refs/heads/main",
    "gh api repos/acme/shop/git/refs/tags/v1 -XDELETE",
    'curl -X DELETE -H "Authorization: token $TOKEN" https://api.github.com/repos/acme/shop',
    "curl -s --request DELETE https://gitlab.com/api/v4/projects/12",
    "gh api graphql -f query='mutation { deleteRef(input: {refId: \"x\"}) { clientMutationId } }'",
    "glab repo delete acme/shop --yes",
    "glab release delete v1.0 -y",
    "hub delete -y acme/shop",
    "bash -c 'cd /tmp && gh repo delete acme/shop --confirm'",
    "gh repo list acme --json name -q '.[].name' | xargs -I{} gh repo delete acme/{} --yes",
    "gh run delete 12345",
    "gh api -X PATCH repos/acme/shop/git/refs/heads/main -f sha=abc -F force=true",
    "gh pr close 12 --delete-branch",
  ],
  mustAllow: [
    "gh repo view acme/shop",
    "gh api repos/acme/shop/pulls",
    "gh api /repos/acme/shop/issues/3/comments --jq '.[].body'",
    "gh pr close 12",
    "gh issue close 12 --comment done",
    "gh pr comment 12 --body 'gh repo delete would be wrong'",
    "gh repo delete --help",
    "gh api graphql -f query='query { viewer { login } }'",
    "curl -s https://api.github.com/repos/acme/shop/releases/latest",
    "curl -X DELETE http://localhost:3000/api/items/1",
    "glab mr list",
  ],
};

const merge: Rule = {
  id: "hosting/merge",
  irreversible: false,
  verdict: "ask",
  says: "it merges a pull request",
  instead: "gh pr checks 12",
  find: watching({ programs: mayReachHosting }, (scene) =>
    found(scene, (deed) => {
      if (deed.kind === "merge") return {};
      return deed.kind === "approve" ? { says: "it approves a pull request" } : undefined;
    }),
  ),
  mustBlock: [
    "gh pr merge 12 --squash --delete-branch",
    "gh -R acme/shop pr merge --auto",
    "gh pr merge --admin -m",
    "gh pr review 12 --approve",
    "gh pr review -a -b 'fine'",
    "gh api -X PUT repos/acme/shop/pulls/12/merge",
    "curl -X PUT -d '{}' https://api.github.com/repos/acme/shop/pulls/12/merge",
    "glab mr merge 3 --yes",
    "glab mr approve 3",
    "gh api graphql -F id=x -f query='mutation($id: ID!) { mergePullRequest(input: {pullRequestId: $id}) { clientMutationId } }'",
    "gh pr create --fill && gh pr merge --auto --squash",
    "az repos pr update --id 3 --status completed",
  ],
  mustAllow: [
    "gh pr create --title 'Merge parsers' --body 'gh pr merge later'",
    "gh pr view 12 --json mergeable",
    "gh pr list --search 'review:approved'",
    "gh pr diff 12",
    "gh pr review 12 --comment -b 'looks odd'",
    "gh pr review 12 --request-changes -b 'no'",
    "gh pr checks 12 --watch",
    "gh run rerun 123 --failed",
    "glab mr create --fill",
    "glab mr view 3",
    "git merge --no-ff feature",
  ],
};

const settings: Rule = {
  id: "hosting/settings",
  irreversible: false,
  verdict: "ask",
  says: "it changes settings, secrets, visibility or protection of a hosted repository",
  instead: "gh repo view acme/shop --json visibility",
  find: watching({ programs: mayReachHosting }, (scene) =>
    found(scene, (deed) => (deed.kind === "settings" ? { says: `it changes ${deed.what}` } : undefined)),
  ),
  mustBlock: [
    "gh repo edit acme/shop --visibility public --accept-visibility-change-consequences",
    "gh secret set NPM_TOKEN --body x",
    "gh -R acme/shop secret delete NPM_TOKEN",
    "gh variable set DEPLOY_ENV -b prod",
    "gh api -X DELETE repos/acme/shop/branches/main/protection",
    "gh api --method PUT repos/acme/shop/branches/main/protection --input p.json",
    "gh api -X PATCH repos/acme/shop -F private=false",
    "gh repo archive acme/shop -y",
    "gh workflow disable ci.yml",
    "gh ssh-key add key.pub",
    "gh repo deploy-key add key.pub --allow-write",
    "glab variable set TOKEN x",
    'curl -X PUT https://api.github.com/repos/acme/shop/collaborators/bob -d \'{"permission":"admin"}\'',
    "gh api repos/acme/shop/hooks -f name=web",
  ],
  mustAllow: [
    "gh secret list",
    "gh variable list",
    "gh repo view acme/shop --json visibility",
    "gh api repos/acme/shop/branches/main/protection",
    "gh workflow list",
    "gh workflow view ci.yml",
    "gh label create bug",
    "gh issue edit 3 --add-label bug",
    "gh pr edit 12 --title 'gh secret set is documented'",
    "glab variable list",
    "gh repo clone acme/shop",
  ],
};

const release: Rule = {
  id: "hosting/release",
  irreversible: false,
  verdict: "ask",
  says: "it publishes a release",
  instead: "gh release create v1.2.0 --draft --generate-notes",
  find: watching({ programs: mayReachHosting }, (scene) =>
    found(scene, (deed) => (deed.kind === "release" ? {} : undefined)),
  ),
  mustBlock: [
    "gh release create v1.2.0 --generate-notes",
    "gh release create v1.2.0 dist/app.tgz -t v1.2.0 -n notes",
    "gh -R acme/shop release edit v1.2.0 --draft=false",
    "gh release upload v1.2.0 dist/app.tgz --clobber",
    "gh api repos/acme/shop/releases -f tag_name=v1",
    'curl -X POST https://api.github.com/repos/acme/shop/releases -d \'{"tag_name":"v1"}\'',
    "glab release create v1.2.0",
    "gh workflow run release.yml",
    "hub release create -m v1 v1.2.0",
  ],
  mustAllow: [
    "gh release list",
    "gh release view v1.2.0",
    "gh release download v1.2.0",
    "gh release create v1.2.0 --draft",
    "gh api repos/acme/shop/releases/latest",
    "gh workflow run ci.yml",
    "git tag -l 'v1.*'",
    "gh run list --workflow release.yml",
  ],
};

export const rules: readonly Rule[] = [del, merge, settings, release];

function found(scene: Scene, hit: (deed: HostingDeed) => Omit<Hit, "span"> | undefined): readonly Hit[] {
  return hostingDeeds(scene.effects).flatMap(({ deed, start }) => {
    const given = hit(deed);
    if (given === undefined) return [];
    return [{ ...(start.span === undefined ? {} : { span: start.span }), ...given }];
  });
}
