import { packageFile } from "../../policy/package-files.ts";
import type { Io } from "../command.ts";
import type { Explanation } from "./explanation.ts";

/** A dotted path of surefoot.yaml, from the descriptions in the published schema. */
export async function explainField(io: Io, word: string): Promise<Explanation | undefined> {
  const text = await io.host.files.readText(packageFile("schema/surefoot.schema.json"));
  let node: unknown = text === undefined ? undefined : JSON.parse(text);
  for (const part of word.replace(/\[\d*\]/g, "").split(".")) node = member(node, part);
  if (!isFields(node) || typeof node["description"] !== "string") return undefined;
  const members = Object.keys(fieldsOf(node));
  return {
    word,
    kind: "field of surefoot.yaml",
    says: node["description"],
    lines: [
      ...(node["default"] === undefined ? [] : [`default: ${JSON.stringify(node["default"])}`]),
      ...(Array.isArray(node["enum"]) ? [`one of: ${node["enum"].join(", ")}`] : []),
      ...(members.length === 0 ? [] : [`fields: ${members.join(", ")}`]),
    ],
  };
}

function member(node: unknown, name: string): unknown {
  return new Map(Object.entries(fieldsOf(node))).get(name);
}

// Through lists and alternatives to the fields that stand below.
function fieldsOf(node: unknown): Readonly<Record<string, unknown>> {
  if (!isFields(node)) return {};
  const alternatives = ["anyOf", "oneOf", "allOf"].flatMap((key) =>
    Array.isArray(node[key]) ? node[key] : [],
  );
  return Object.assign(
    {},
    ...[...alternatives, node["items"]].map(fieldsOf),
    isFields(node["properties"]) ? node["properties"] : {},
  );
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
