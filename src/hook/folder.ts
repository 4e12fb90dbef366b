import { fieldsOf, listOf, parseJson, textOf } from "../agents/fields.ts";

/** The working folder that the payload names, in any agent's way; else the other one. */
export function folderOf(payload: string, otherwise: string): string {
  const fields = fieldsOf(parseJson(payload));
  const named = [
    textOf(fields, "cwd"),
    listOf(fields["workspaceRoots"])[0],
    listOf(fields["workspace_roots"])[0],
    textOf(fieldsOf(fields["workspaceInfo"]), "rootPath"),
  ];
  const folder = named.find((one) => typeof one === "string" && one.startsWith("/"));
  return typeof folder === "string" ? folder : otherwise;
}
