// What surefoot decides on real fixes of public repositories, right and damaged, and whether it is right.
// npm run evidence -- [--only <owner/name>]… [--mirror <folder>] [--save <file>] [--write]
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { projects } from "./evidence/cases.ts";
import { measureHistory } from "./evidence/history.ts";
import { measureMain, measureOrdinary } from "./evidence/measure.ts";
import type { Measured } from "./evidence/measure.ts";
import { renderDocument, renderTable } from "./evidence/render.ts";
import { cloneProject } from "./evidence/repository.ts";
import { versions } from "./evidence/versions.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    mirror: { type: "string" },
    save: { type: "string" },
    write: { type: "boolean", default: false },
  },
});

const results = new Map<string, Measured>();
if (values.save !== undefined && existsSync(values.save))
  for (const one of JSON.parse(readFileSync(values.save, "utf8")) as readonly Measured[])
    results.set(one.project, one);

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const wanted = projects.filter(({ name }) => values.only === undefined || values.only.includes(name));

for (const project of wanted) {
  const folder = mkdtempSync(join(tmpdir(), "surefoot-evidence-"));
  try {
    say(`${project.name}: cloning`);
    const all = join(folder, "all");
    cloneProject(project, all, values.mirror);
    results.set(project.name, {
      project: project.name,
      main: measureMain(project, all, folder, say),
      ordinary: measureOrdinary(project, all, folder, say),
      history: measureHistory(project, all),
      versions: versions(),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (values.save !== undefined)
    writeFileSync(values.save, `${JSON.stringify([...results.values()], null, 1)}\n`);
}

const measured = projects.flatMap(({ name }) => results.get(name) ?? []);
console.log(renderTable(measured));
if (values.write) {
  // A page with some of the repositories would read as if it were all of the evidence.
  const missing = projects.filter(({ name }) => !results.has(name));
  if (missing.length === 0)
    writeFileSync(join(import.meta.dirname, "../docs/evidence.md"), renderDocument(measured));
  else {
    say(`docs/evidence.md is not written: no results of ${missing.map(({ name }) => name).join(", ")}`);
    process.exitCode = 2;
  }
}
