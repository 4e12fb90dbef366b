import type { RootFiles, Stack } from "./stack.ts";

export function detectGo({ names, texts }: RootFiles): Stack | undefined {
  if (!names.has("go.mod")) return undefined;
  const why = "go.mod";
  const requires = /^\s*require\b/m.test(texts.get("go.mod") ?? "");
  return {
    name: "Go",
    setup: requires ? [{ value: "go mod download", why: "go.mod requires modules" }] : [],
    caches: [
      { value: "~/.cache/go-build", why: "go's build cache" },
      { value: "~/go/pkg/mod", why: "go's module cache" },
    ],
    checks: [
      {
        kind: "test",
        value: "go test -v ./...",
        why: `${why}; -v prints each test, so that they can be counted`,
      },
      { kind: "lint", value: "go vet ./...", why },
      { kind: "build", value: "go build ./...", why },
    ],
    notes: names.has("go.work")
      ? ["go.work: only the root module is tested; add the others to gates.full"]
      : [],
  };
}

export function detectRust({ names, texts }: RootFiles): Stack | undefined {
  if (!names.has("Cargo.toml")) return undefined;
  const workspace = /^\[workspace\]/m.test(texts.get("Cargo.toml") ?? "");
  const locked = names.has("Cargo.lock");
  const flags = `${workspace ? " --workspace" : ""}${locked ? " --locked" : ""}`;
  const clippy = ["clippy.toml", ".clippy.toml"].find((name) => names.has(name));
  return {
    name: "Rust",
    setup: [{ value: `cargo fetch${locked ? " --locked" : ""}`, why: locked ? "Cargo.lock" : "Cargo.toml" }],
    caches: [
      { value: "~/.cargo/registry", why: "cargo's downloads" },
      { value: "~/.cargo/git", why: "cargo's downloads" },
    ],
    checks: [
      { kind: "test", value: `cargo test${flags}`, why: "Cargo.toml" },
      ...(clippy === undefined
        ? []
        : [
            {
              kind: "lint",
              value: `cargo clippy${flags} --all-targets -- -D warnings`,
              why: clippy,
            } as const,
          ]),
      { kind: "build", value: `cargo build${flags}`, why: "Cargo.toml" },
    ],
    notes: locked ? [] : ["no Cargo.lock: every fresh workspace may get other versions"],
  };
}

export function detectJava({ names }: RootFiles): Stack | undefined {
  if (names.has("pom.xml")) {
    const maven = names.has("mvnw") ? "./mvnw" : "mvn";
    return {
      name: "Java (Maven)",
      setup: [{ value: `${maven} -B -q -DskipTests install`, why: "pom.xml" }],
      caches: [{ value: "~/.m2", why: "Maven's downloads" }],
      checks: [{ kind: "test", value: `${maven} -B test`, why: "pom.xml" }],
      notes: [],
    };
  }
  const build = ["build.gradle", "build.gradle.kts"].find((name) => names.has(name));
  if (build === undefined) return undefined;
  const gradle = names.has("gradlew") ? "./gradlew" : "gradle";
  return {
    name: "Java (Gradle)",
    setup: [{ value: `${gradle} --no-daemon assemble`, why: build }],
    caches: [{ value: "~/.gradle", why: "Gradle's downloads" }],
    checks: [
      {
        kind: "test",
        value: `${gradle} --no-daemon --rerun-tasks test`,
        why: `${build}; rerun, or a cached pass would run no test`,
      },
    ],
    notes: ["Gradle prints no test count: add junit: build/test-results/test/*.xml to the test check"],
  };
}
