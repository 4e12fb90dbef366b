import { symlink } from "node:fs/promises";
import { memoryFiles } from "../../../src/host/memory-files.ts";
import { realFiles } from "../../../src/host/real-files.ts";
import { filesContract } from "../../support/files-contract.ts";
import { tempFolder } from "../../support/temp-folder.ts";

filesContract("files on disk", async (context) => ({
  files: realFiles(),
  root: tempFolder(context),
  link: async (path, target) => await symlink(target, path),
}));

filesContract("files in memory", async () => {
  const files = memoryFiles({}, () => 0);
  await files.makeFolder("/root");
  return { files, root: "/root", link: async (path, target) => files.link(path, target) };
});
