import type { FoundCheck, RootFiles, Stack } from "./stack.ts";

export function detectRuby({ names, texts }: RootFiles): Stack | undefined {
  if (!names.has("Gemfile")) return undefined;
  const rspec = [".rspec", "spec/"].find((name) => names.has(name));
  const rake = /\b(Rake::TestTask|task\s*\(?:?["']?test\b|Minitest::TestTask)/.test(
    texts.get("Rakefile") ?? "",
  );
  const lint = [".rubocop.yml"].find((name) => names.has(name));
  const test: readonly FoundCheck[] =
    rspec === undefined
      ? rake
        ? [{ kind: "test", value: "bundle exec rake test", why: "Rakefile" }]
        : []
      : [{ kind: "test", value: "bundle exec rspec", why: rspec }];
  return {
    name: "Ruby",
    setup: [{ value: "bundle install", why: names.has("Gemfile.lock") ? "Gemfile.lock" : "Gemfile" }],
    caches: [
      { value: "~/.bundle", why: "bundler's settings and cache" },
      { value: "~/.gem", why: "installed gems" },
    ],
    checks: [
      ...test,
      ...(lint === undefined ? [] : [{ kind: "lint", value: "bundle exec rubocop", why: lint } as const]),
    ],
    notes: names.has("Gemfile.lock") ? [] : ["no Gemfile.lock: every fresh workspace may get other versions"],
  };
}

export function detectPhp({ names, texts }: RootFiles): Stack | undefined {
  const manifest = texts.get("composer.json");
  if (manifest === undefined) return undefined;
  const script = /"scripts"\s*:\s*\{[^}]*"test"\s*:/.test(manifest);
  const config = ["phpunit.xml", "phpunit.xml.dist", "phpunit.dist.xml"].find((name) => names.has(name));
  const stan = ["phpstan.neon", "phpstan.neon.dist", "phpstan.dist.neon"].find((name) => names.has(name));
  const checks: FoundCheck[] = [];
  if (script) checks.push({ kind: "test", value: "composer test", why: "composer.json script test" });
  else if (config !== undefined) checks.push({ kind: "test", value: "vendor/bin/phpunit", why: config });
  if (stan !== undefined)
    checks.push({ kind: "types", value: "vendor/bin/phpstan analyse --no-progress", why: stan });
  return {
    name: "PHP",
    setup: [
      {
        value: "composer install --no-interaction --no-progress",
        why: names.has("composer.lock") ? "composer.lock" : "composer.json",
      },
    ],
    caches: [{ value: "~/.cache/composer", why: "composer's downloads" }],
    checks,
    notes: names.has("composer.lock")
      ? []
      : ["no composer.lock: every fresh workspace may get other versions"],
  };
}

/** A Makefile's targets are proposed where no language file proposed the same kind of check. */
export function detectMake({ names, texts }: RootFiles): Stack | undefined {
  const file = ["GNUmakefile", "makefile", "Makefile"].find((name) => names.has(name));
  if (file === undefined) return undefined;
  const targets = new Set(
    [...(texts.get(file) ?? "").matchAll(/^([A-Za-z0-9_-]+)\s*:(?!=)/gm)].map((match) => match[1] ?? ""),
  );
  const wanted: readonly (readonly [FoundCheck["kind"], readonly string[]])[] = [
    ["test", ["test", "tests", "check"]],
    ["types", ["typecheck", "types"]],
    ["lint", ["lint"]],
    ["build", ["build"]],
    ["targeted", ["smoke"]],
  ];
  const checks = wanted.flatMap(([kind, names_]): readonly FoundCheck[] => {
    const target = names_.find((name) => targets.has(name));
    return target === undefined
      ? []
      : [{ kind, value: `make ${target}`, why: `target ${target} in ${file}` }];
  });
  return checks.length === 0 ? undefined : { name: "Make", setup: [], caches: [], checks, notes: [] };
}
