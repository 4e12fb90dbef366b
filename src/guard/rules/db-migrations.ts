import { mayStartTask, taskAim, taskStarts, wipes } from "../database-tasks.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { watching } from "../watching.ts";

const migrateReset: Rule = {
  id: "db/migrate-reset",
  irreversible: true,
  verdict: "deny",
  says: "it throws the whole database away before it builds it anew",
  instead: "npx prisma migrate status",
  find: watching({ programs: mayStartTask }, find),
  mustBlock: [
    "npx prisma migrate reset --force",
    "pnpm prisma db push --force-reset",
    "npx prisma@6 migrate reset -f",
    "npx prisma db push --accept-data-loss",
    "rails db:drop",
    "bundle exec rake db:drop db:create db:migrate",
    "bin/rails db:reset",
    "RAILS_ENV=production DISABLE_DATABASE_ENVIRONMENT_CHECK=1 rails db:drop",
    "RAILS_ENV=development rails db:drop",
    "python manage.py flush --noinput",
    "./manage.py reset_db --noinput",
    "python3 manage.py migrate shop zero",
    "php artisan migrate:fresh --seed",
    "php artisan db:wipe --force",
    "flyway -url=jdbc:postgresql://db/app clean",
    "./gradlew flywayClean flywayMigrate",
    "mvn -q flyway:clean",
    "liquibase --changelog-file=c.xml drop-all",
    "alembic downgrade base",
    "poetry run alembic downgrade base",
    "npx knex migrate:rollback --all",
    "npx sequelize-cli db:drop",
    "npx typeorm schema:drop -d src/data-source.ts",
    "goose -dir migrations postgres 'host=db' reset",
    "dbmate drop",
    "migrate -path db -database postgres://db/app drop -f",
    "mix ecto.reset",
    "dotnet ef database drop -f",
    "sqlx database reset -y",
    "diesel database reset",
    "php bin/console doctrine:database:drop --force",
    "sudo -u app bash -c 'cd /srv && bundle exec rails db:drop'",
  ],
  mustAllow: [
    "npx prisma migrate dev --name add_users",
    "npx prisma migrate status",
    "RAILS_ENV=test rails db:drop",
    "rails db:test:prepare",
    "rails db:migrate",
    "RAILS_ENV=test bundle exec rake db:reset",
    "python manage.py migrate",
    "python manage.py flush --help",
    "php artisan migrate --pretend",
    "php artisan migrate:fresh --env=testing",
    "alembic downgrade -1",
    "alembic upgrade head",
    "npx knex migrate:rollback",
    "MIX_ENV=test mix ecto.reset",
    "DATABASE_URL=postgres://localhost/app_test npx prisma migrate reset --force",
    "grep -rn 'db:drop' lib/tasks",
    "flyway info",
    "./gradlew clean build flywayInfo",
    "goose status",
  ],
};

export const rules: readonly Rule[] = [migrateReset];

function find({ effects }: Scene): readonly Hit[] {
  return taskStarts(effects).flatMap((start): readonly Hit[] => {
    const wiped = wipes(start);
    const aim = taskAim(start);
    if (wiped === "nothing" || aim === "test") return [];
    const at = start.span === undefined ? {} : { span: start.span };
    const mild = wiped === "some" || aim === "development";
    return [mild && aim !== "production" ? { ...at, verdict: "ask" } : at];
  });
}
