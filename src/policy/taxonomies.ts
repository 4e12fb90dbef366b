import { Fault } from "../core/fault.ts";
import type { Files } from "../core/ports.ts";
import type { CompiledPolicy } from "../core/policy.ts";
import { parseTaxonomy } from "../core/taxonomy.ts";
import type { Taxonomy } from "../core/taxonomy.ts";
import { readDocument } from "./document.ts";
import { packageFile } from "./package-files.ts";
import { faultOf } from "./problem.ts";

/** Every failure code that ships with the package, from `taxonomies/*.yaml`. A code may stand in one file only. */
export async function loadTaxonomies({
  files,
  folder = packageFile("taxonomies"),
}: {
  readonly files: Files;
  readonly folder?: string;
}): Promise<Taxonomy> {
  const names = ((await files.list(folder)) ?? []).filter((name) => name.endsWith(".yaml"));
  if (names.length === 0)
    throw new Fault("policy/not-found", `${folder} has no taxonomy`, {
      hint: "install the package again: without a taxonomy no finding has a severity",
    });
  const all = new Map<
    string,
    { readonly file: string; readonly entry: CompiledPolicy["taxonomy"][string] }
  >();
  for (const name of names) {
    const text = await files.readText(`${folder}/${name}`);
    const file = `taxonomies/${name}`;
    const { document, problems } = readDocument(file, text ?? "");
    const [first, ...others] = problems;
    if (first !== undefined) throw faultOf("policy/invalid", first, others);
    for (const [code, entry] of parseTaxonomy(document.value, file)) {
      const other = all.get(code);
      if (other !== undefined)
        throw new Fault("policy/invalid", `${file}: ${code} stands in ${other.file} too`, {
          where: document.where([code], "key"),
          hint: "keep the code in one of the two files",
        });
      all.set(code, { file, entry });
    }
  }
  return new Map([...all].map(([code, { entry }]) => [code, entry]));
}
