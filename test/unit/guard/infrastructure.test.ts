import assert from "node:assert/strict";
import { test } from "node:test";
import type { Facts } from "../../../src/core/action.ts";
import { commandLine, given, nameSet, optionValue } from "../../../src/guard/command-line.ts";
import { judgeExample } from "../../../src/guard/example.ts";

const shown = (command: string, facts: Partial<Facts> = {}): string => {
  const { verdict, reasons } = judgeExample({ command, facts });
  return [verdict, ...new Set(reasons.map((reason) => reason.rule))].join(" ");
};

const judges = (cases: Readonly<Record<string, string>>): void =>
  assert.deepEqual(Object.fromEntries(Object.keys(cases).map((command) => [command, shown(command)])), cases);

test("statements are found wherever a client takes them from", () => {
  judges({
    "psql -Atc 'DROP TABLE users'": "deny db/drop",
    "psql --command='DROP TABLE users'": "deny db/drop",
    "psql -c 'select 1' -c 'TRUNCATE users'": "deny db/drop",
    "printf 'DROP TABLE users;\\n' | psql app": "deny db/drop",
    "psql app <<SQL\n\\c other\nDROP TABLE users;\nSQL": "deny db/drop",
    'psql app <<< "DROP TABLE $T"': "deny db/drop",
    "mysql -u root -ppie shop -e 'TRUNCATE orders'": "deny db/drop",
    "mariadb --execute 'DROP DATABASE shop'": "deny db/drop",
    "sqlite3 -header app.db 'select 1' 'DROP TABLE users'": "deny db/drop",
    "duckdb shop.duckdb -c 'DROP TABLE orders'": "deny db/drop",
    "cockroach sql --insecure -e 'DROP DATABASE shop'": "deny db/drop",
    "npx wrangler d1 execute shop --remote --command 'DROP TABLE users'": "deny db/drop",
    "aws rds-data execute-statement --resource-arn arn --sql 'DELETE FROM users'": "deny db/delete-all",
    "find . -name '*.db' -exec sqlite3 {} 'DROP TABLE users' ';'": "deny db/drop",
    "sudo -u postgres timeout 60 psql -c 'DROP DATABASE app'": "deny db/drop",
    "docker exec -i db psql -U app -c 'DROP TABLE users'": "deny db/drop",
    "docker compose exec -T db psql -U app app_test -c 'DROP SCHEMA public CASCADE'": "allow",
    "kubectl exec db-0 -- psql -c 'TRUNCATE users'": "deny db/drop",
    "cat > /tmp/x.sql <<'EOF'\nDROP TABLE users;\nEOF\npsql -f /tmp/x.sql app": "deny db/drop",
    "mysql -e'DROP DATABASE shop'": "deny db/drop",
    "psql app < dump.sql": "allow",
    "psql -f migrations/1.sql app": "allow",
    'psql -c "$SQL"': "allow",
  });
});

test("a database for tests may be thrown away, one for development after a question, any other not", () => {
  judges({
    "dropdb app_test": "allow",
    "dropdb app_dev": "ask db/drop",
    "dropdb app": "deny db/drop",
    "dropdb -h db.example.com app_dev": "deny db/drop",
    "psql postgres://localhost/app_test -c 'DROP SCHEMA public CASCADE'": "allow",
    "psql postgres://db.example.com/app_test -c 'DROP SCHEMA public CASCADE'": "deny db/drop",
    "psql -d app_test -c 'DROP DATABASE app'": "deny db/drop",
    "psql -h test-prod.example.com app_test -c 'DROP TABLE a'": "deny db/drop db/production",
    'psql "$TEST_DATABASE_URL" -c "DELETE FROM users"': "allow",
    'psql "$DATABASE_URL" -c "DELETE FROM users"': "deny db/delete-all",
    "sqlite3 dev.db 'DELETE FROM users'": "ask db/delete-all",
    "sqlite3 contest.db 'DELETE FROM users'": "deny db/delete-all",
    "RAILS_ENV=test rails db:drop": "allow",
    "RAILS_ENV=development rails db:drop": "ask db/migrate-reset",
    "export RAILS_ENV=test; bundle exec rails db:drop": "allow",
    "rails db:drop": "deny db/migrate-reset",
  });
});

test("a database file that git ignores may be emptied", () => {
  const path = "/work/repo/var/app.db";
  const facts = (ignored: boolean): Partial<Facts> => ({
    paths: { [path]: { exists: true, tracked: false, ignored } },
  });
  const command = "sqlite3 var/app.db 'DELETE FROM users'";
  assert.deepEqual(
    [shown(command, facts(true)), shown(command, facts(false))],
    ["allow", "deny db/delete-all"],
  );
});

test("options before the subcommand hide nothing", () => {
  judges({
    "kubectl -n shop --context prod-eu delete ns shop": "deny k8s/delete",
    "kubectl --kubeconfig=/tmp/k delete pvc/data": "deny k8s/delete",
    "aws --profile p --region r s3 rm s3://b --recursive": "deny cloud/delete",
    "gcloud --project x --quiet sql instances delete shop": "deny cloud/delete",
    "terraform -chdir=infra destroy": "deny iac/destroy",
    "docker -H ssh://host --log-level debug system prune -af": "deny containers/prune",
    "docker compose -p x -f a.yml --profile db down -v": "deny containers/volume-remove",
    "gh -R acme/shop --repo acme/shop repo delete": "deny hosting/delete",
    "helm --kube-context prod -n shop uninstall web": "deny k8s/helm-uninstall",
  });
});

test("trying out, planning and reading are silent", () => {
  judges({
    "kubectl delete ns shop --dry-run=client": "allow",
    "kubectl delete ns shop --dry-run=none": "deny k8s/delete",
    "aws s3 rm s3://b --recursive --dryrun": "allow",
    "terraform plan -destroy": "allow",
    "helm uninstall web --dry-run": "allow",
    "az deployment group what-if -g shop -f main.bicep": "allow",
    "pulumi destroy --preview-only": "allow",
    "docker compose down": "allow",
    "docker rm -f web": "allow",
    "gh api repos/acme/shop": "allow",
    "gh api -X GET search/issues -f q=bug": "allow",
    "gh pr create --title x --body y": "allow",
  });
});

test("clusters on one's own machine bring a question where others bring a refusal", () => {
  judges({
    "kubectl --context kind-dev delete ns shop": "ask k8s/delete",
    "kubectl --context=minikube delete pvc --all": "ask k8s/delete",
    "kubectl --context kind-dev delete pod web-1": "allow",
    "kind delete cluster": "ask k8s/delete",
    "k3d cluster delete dev": "ask k8s/delete",
    "minikube delete": "ask k8s/delete",
  });
});

test("everything that there is goes another way than something named", () => {
  judges({
    "docker rm -f $(docker ps -aq)": "deny containers/prune",
    "docker rm $(docker ps -aq --filter name=e2e)": "allow",
    "docker ps -a | grep e2e | awk '{print $1}' | xargs docker rm -f": "allow",
    "docker image prune -f": "ask containers/prune",
    "docker image prune -fa": "deny containers/prune",
    "docker run -v /:/h alpine ls": "deny containers/privileged",
    'docker run -v "$PWD":/h alpine ls': "allow",
    "docker run -d -p 80:80 --name web nginx --privileged": "allow",
    "kubectl delete deployment web": "allow",
    "kubectl delete deployments --all": "deny k8s/delete",
    "kubectl delete -f k8s/": "ask k8s/delete",
  });
});

test("the hosting service's interface is judged as its program is", () => {
  judges({
    "gh api -X PUT repos/a/b/pulls/3/merge": "ask hosting/merge",
    "curl -X PUT https://api.github.com/repos/a/b/pulls/3/merge": "ask hosting/merge",
    "gh api repos/a/b/pulls/3/reviews -f event=APPROVE": "ask hosting/merge",
    "gh api -XDELETE repos/a/b/issues/comments/3": "ask hosting/delete",
    "gh api -XDELETE repos/a/b/git/refs/heads/x": "deny hosting/delete",
    "gh api repos/a/b/issues/3/comments -f body=done": "allow",
    "gh api graphql -f query='mutation { deleteRepository(input: {}) { x } }'": "deny hosting/delete",
  });
});

test("a command line is read with its options anywhere, in clusters and with values attached", () => {
  const line = commandLine(
    { words: ["-n", "shop", "delete", "-itv", "a:b", "ns", "--force=false", "-chdir=x", "--", "-x"] },
    nameSet("n v"),
  );
  assert.deepEqual(
    {
      words: line.words,
      rest: line.rest,
      n: optionValue(line, "n"),
      v: optionValue(line, "v"),
      i: given(line, "i"),
      force: given(line, "force"),
      chdir: optionValue(line, "chdir"),
    },
    { words: ["delete", "ns"], rest: ["-x"], n: "shop", v: "a:b", i: true, force: false, chdir: "x" },
  );
});
