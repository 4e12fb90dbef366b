import type { z } from "zod";
import type { Files } from "../core/ports.ts";
import { readDocument } from "./document.ts";
import { faultOf } from "./problem.ts";
import { settingsSchema } from "./schema.ts";
import { validate } from "./validate.ts";

export type Settings = z.infer<typeof settingsSchema>;

/** The user's own settings; empty where there is no file. Throws `policy/invalid` naming file, line and field. */
export async function readSettings(files: Files, path: string): Promise<Settings> {
  const text = await files.readText(path);
  if (text === undefined) return {};
  const { document, problems } = readDocument(path, text);
  const checked = problems.length > 0 ? { value: undefined, problems } : validate(settingsSchema, document);
  const [first, ...others] = checked.problems;
  if (first !== undefined) throw faultOf("policy/invalid", first, others);
  return checked.value ?? {};
}
