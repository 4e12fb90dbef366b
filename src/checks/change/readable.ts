import { isTestFile, languageOf } from "../../core/test-language.ts";
import type { ChangeCheck } from "../change-check.ts";

/** Source that git takes for binary shows no lines: what happens in it stays unseen. `looked` counts source files. */
export const check: ChangeCheck = {
  id: "readable",
  needs: ["change"],
  check({ change }) {
    const sources = change.files.filter(
      (file) => languageOf(file.path) !== undefined || languageOf(file.from ?? "") !== undefined,
    );
    return {
      check: "readable",
      looked: sources.length,
      findings: sources
        .filter((file) => file.binary && file.status !== "deleted")
        .map(({ path }) => ({
          code: "change.unreadable_source",
          says: `${path} is ${isTestFile(path) ? "a test" : "source"} and holds bytes that make it binary, so its diff cannot be read`,
          measures: {},
          evidence: [{ path }],
        })),
    };
  },
};
