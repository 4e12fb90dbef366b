import { given, nameSet, triesOnly } from "../command-line.ts";
import { each, programRule } from "../program-rule.ts";
import type { Rule } from "../rule.ts";

const buildPush: Rule = programRule({
  id: "containers/build-push",
  irreversible: false,
  verdict: "ask",
  says: "it builds an image and publishes it",
  instead: "docker build -t app .",
  valued: nameSet("f filename p profile t tag d default-repo"),
  matchers: {
    ...each("mvn mvnw", ({ words }) => words.some((word) => /(^|:)jib:build$|^jib:build\b/.test(word))),
    ...each(
      "gradle gradlew",
      ({ words }, { words: all }) =>
        words.some((word) => /(^|:)(jib|dockerPush\w*|pushImage\w*)$/.test(word)) ||
        all.includes("--publishImage"),
    ),
    skaffold: (line) =>
      (line.words[0] === "build" && given(line, "push")) || (line.words[0] === "run" && !triesOnly(line)),
    pack: (line) => line.words[0] === "build" && given(line, "publish"),
    earthly: (line) => given(line, "push"),
    regctl: ({ words }) => /^(image (copy|import|mod)|manifest put|tag delete)\b/.test(words.join(" ")),
    bazel: ({ words }) =>
      words[0] === "run" && words.some((word) => /[:_](push|push_image|image_push)$/.test(word)),
    kaniko: (line) => !given(line, "no-push"),
  },
  mustBlock: [
    "mvn compile jib:build -Dimage=registry.example.org/app",
    "./gradlew jib",
    "./gradlew bootBuildImage --publishImage",
    "skaffold build --push",
    "pack build registry.example.org/app --publish",
    "earthly --push +image",
    "bazel run //app:push",
  ],
  mustAllow: [
    "mvn compile jib:dockerBuild",
    "./gradlew jibDockerBuild",
    "./gradlew bootBuildImage",
    "skaffold build",
    "skaffold render",
    "pack build app",
    "earthly +test",
    "bazel run //app:server",
  ],
});

export const rules: readonly Rule[] = [buildPush];
