import { Fault } from "../core/fault.ts";
import type { Files } from "../core/ports.ts";
import { isFields, parseJson } from "./fields.ts";
import type { Fields } from "./fields.ts";

/**
 * A settings file of an agent: JSON in which comments and trailing commas are allowed. Empty where there is no file;
 * throws `file/unreadable` where it is not JSON, since settings that are left out may send the agent elsewhere.
 */
export async function readSettings(files: Files, path: string): Promise<Fields> {
  const text = await files.readText(path);
  if (text === undefined || text.trim() === "") return {};
  const value = parseJson(plain(text));
  if (isFields(value)) return value;
  throw new Fault("file/unreadable", `${path} is not a JSON object`, {
    where: { file: path },
    hint: "mend the agent's settings file; surefoot copies the provider settings from it",
  });
}

function plain(text: string): string {
  const tokens = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  const bare = text.replace(tokens, (token) => (token.startsWith('"') ? token : " "));
  return bare.replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_, quoted: string | undefined) => quoted ?? "");
}
