import type { ChangeCheck } from "../change-check.ts";

/** A symbolic link must lead to something that the repository holds. `looked` counts new and changed links. */
export const check: ChangeCheck = {
  id: "links",
  needs: ["change"],
  check({ change }) {
    const links = change.files.flatMap(({ path, link }) => (link === undefined ? [] : [{ path, link }]));
    return {
      check: "links",
      looked: links.length,
      findings: links
        .filter(({ path, link }) => leadsOut(path, link))
        .map(({ path, link }) => ({
          code: "change.link_outside",
          says: `${path} is a link to ${link}, which is no part of the repository`,
          measures: {},
          evidence: [{ path }],
        })),
    };
  },
};

function leadsOut(path: string, target: string): boolean {
  if (/^(?:[/\\]|[A-Za-z]:)/.test(target)) return true;
  const parts = path.split("/").slice(0, -1);
  for (const part of target.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return true;
  }
  return parts.some((part) => part.toLowerCase() === ".git");
}
