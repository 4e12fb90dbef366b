import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { expectsTests } from "../../../src/checks/expects-tests.ts";

const testCommands = [
  "npm test",
  "npm t",
  "npm run test",
  "npm run test:unit",
  "npm run -s test",
  "pnpm -r test",
  "yarn test --ci",
  "yarn workspace a test",
  "npm ci && npm test",
  "cd packages/a && CI=1 npm test -- --run",
  "npx jest",
  "npx --yes vitest run",
  "pnpm exec vitest",
  "bunx vitest",
  "node --test",
  "node --test 'test/**/*.test.ts'",
  "./node_modules/.bin/mocha",
  "npx playwright test",
  "npx cypress run",
  "pytest",
  "pytest -q tests",
  "python -m pytest",
  "python3 -m unittest discover",
  "poetry run pytest",
  "uv run pytest -x",
  "tox -e py311",
  "python manage.py test",
  "go test ./...",
  "gotestsum -- ./...",
  "cargo test --workspace",
  "cargo nextest run",
  "cargo +nightly test",
  "bundle exec rspec",
  "bin/rails test",
  "bundle exec rake test",
  "vendor/bin/phpunit",
  "./vendor/bin/pest",
  "php artisan test",
  "composer test",
  "mvn -B verify",
  "./mvnw test",
  "./gradlew check",
  "gradle :app:test",
  "dotnet test",
  "mix test",
  "ctest --test-dir build",
  "prove -lr t",
  "bats test",
  "deno test -A",
  "bun test",
  "make test",
  "just test",
  "timeout 60 npm test",
  "sh -c true; npm test",
  "FOO=1 BAR=2 pytest",
  "(cd a && go test ./...)",
];
const others = [
  "npm run build",
  "npx tsc --noEmit",
  "npm run lint",
  "npm run test:types",
  "npm run test:lint",
  "eslint test",
  "cargo build",
  "cargo test --no-run",
  "cargo clippy",
  "go vet ./...",
  "go build ./...",
  "mvn -DskipTests package",
  "gradle assemble",
  "gradle build -x test",
  "echo npm test",
  "ls tests",
  "jest --listTests",
  "npm install",
  "npm ci",
  "git status",
  "",
  "node test.js",
  "npm --prefix test run build",
  "dotnet build",
  "make",
  "cat test",
];

test("commands that run tests are known, however they are wrapped", () => {
  for (const command of testCommands) assert.deepEqual([command, expectsTests(command)], [command, true]);
});

test("commands that run none are not", () => {
  for (const command of others) assert.deepEqual([command, expectsTests(command)], [command, false]);
});

test("any text gets an answer", () => {
  fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => typeof expectsTests(text) === "boolean"));
});
