import { invocations } from "../argv.ts";
import { commandLine, nameSet, optionValue } from "../command-line.ts";
import { aimOfName, databaseUse, sqlClients, variableAim } from "../database.ts";
import { isDatabaseTask, mayStartTask, taskAim, taskStarts } from "../database-tasks.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { watching } from "../watching.ts";

const production: Rule = {
  id: "db/production",
  irreversible: false,
  verdict: "ask",
  says: "it works on a database that is named production",
  find: watching({ programs: (name) => reached.has(name) || mayStartTask(name) }, (scene) => [
    ...aimedAtProduction(scene),
    ...tasksInProduction(scene),
  ]),
  mustBlock: [
    "psql -h prod-db.example.com -c 'select 1'",
    'psql "$PROD_DATABASE_URL" -c "select count(*) from users"',
    "mysql -h db shop_production -e 'show tables'",
    "RAILS_ENV=production rails db:migrate",
    "export RAILS_ENV=production && bundle exec rake db:seed",
    "DATABASE_URL=postgres://app@db-prod.example.com/app npx prisma migrate deploy",
    "mongosh mongodb+srv://app@live.example.net/shop",
    "redis-cli -h redis.prod.internal del session:1",
    "alembic -x env=prod upgrade head",
    "npx knex migrate:latest --env production",
    "pg_restore -d app_production backup.dump",
    "python manage.py migrate --database production",
  ],
  mustAllow: [
    "psql -h localhost app_dev -c 'select 1'",
    "psql -c \"select * from products where name = 'prod'\"",
    "RAILS_ENV=production rails assets:precompile",
    "NODE_ENV=production npm run build",
    "RAILS_ENV=test rails db:migrate",
    "npx knex migrate:latest --env development",
    "mysql product_catalog -e 'show tables'",
    "grep -rn prod-db config",
    "python manage.py migrate",
  ],
};

export const rules: readonly Rule[] = [production];

const options = nameSet(
  "h host d dbname p port U u user username password uri db n a F f j eval authenticationDatabase",
);

const reached = new Set([
  ...sqlClients,
  "redis-cli",
  "valkey-cli",
  "mongosh",
  "mongo",
  "pg_restore",
  "pg_dump",
  "mysqldump",
  "mongorestore",
  "mongodump",
]);

function aimedAtProduction(scene: Scene): readonly Hit[] {
  return invocations(scene.effects, reached).flatMap((start) => {
    // The cloud's own program names more than databases; only what it sends to one counts here.
    const use = databaseUse(start);
    if (start.program === "aws" && (use === undefined || use.statements.trim() === "")) return [];
    const line = commandLine(start, options);
    const places =
      use === undefined
        ? [
            ...line.words.slice(0, 1),
            optionValue(line, "h", "host"),
            optionValue(line, "d", "dbname", "uri", "db"),
          ]
        : [use.name, use.host];
    const isAimed = places.some((place) => place !== undefined && aimOfName(place) === "production");
    return isAimed || variableAim(scene.action, start) === "production"
      ? [start.span === undefined ? {} : { span: start.span }]
      : [];
  });
}

function tasksInProduction(scene: Scene): readonly Hit[] {
  return taskStarts(scene.effects).flatMap((start) =>
    isDatabaseTask(start) && taskAim(start) === "production"
      ? [start.span === undefined ? {} : { span: start.span }]
      : [],
  );
}
