import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Cleaner {
  after(clean: () => void): void;
}

/** A new empty folder, gone again when the test is. */
export function tempFolder(test: Cleaner): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "surefoot-test-")));
  test.after(() => rmSync(path, { recursive: true, force: true, maxRetries: 3 }));
  return path;
}
