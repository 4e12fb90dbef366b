import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import type { Files } from "../../src/core/ports.ts";

interface Subject {
  readonly files: Files;
  /** Absolute path of an existing, empty, writable folder. */
  readonly root: string;
  /** Makes a symbolic link at `path` that points to `target`. */
  link(path: string, target: string): Promise<void>;
}

/** What every `Files` promises. */
export function filesContract(
  name: string,
  make: (context: { after(clean: () => void): void }) => Promise<Subject>,
): void {
  const holds = (title: string, body: (subject: Subject) => Promise<void>): void => {
    test(`${name}: ${title}`, async (context) => await body(await make(context)));
  };

  holds("what is not there reads as undefined", async ({ files, root }) => {
    await files.write(`${root}/file`, "x");
    assert.deepEqual(
      [
        await files.readText(`${root}/none`),
        await files.readBytes(`${root}/none`),
        await files.list(`${root}/none`),
        await files.stat(`${root}/none`),
        await files.readText(`${root}/file/below`),
      ],
      [undefined, undefined, undefined, undefined, undefined],
    );
  });

  holds("written text is read back, and its folders are made", async ({ files, root }) => {
    await files.write(`${root}/a/b/c.txt`, "grüße\r\n\uFEFF");
    assert.equal(await files.readText(`${root}/a/b/c.txt`), "grüße\r\n\uFEFF");
  });

  holds("bytes survive, whatever they are", async ({ files, root }) => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    await files.write(`${root}/bytes`, bytes);
    assert.deepEqual(await files.readBytes(`${root}/bytes`), bytes);
  });

  holds("a file that is replaced keeps its mode unless one is given", async ({ files, root }) => {
    const mode = async (): Promise<number | undefined> => (await files.stat(`${root}/run`))?.mode;
    await files.write(`${root}/run`, "1", 0o755);
    const first = await mode();
    await files.write(`${root}/run`, "2");
    const second = await mode();
    await files.write(`${root}/run`, "3", 0o600);
    assert.deepEqual([first, second, await mode()], [0o755, 0o755, 0o600]);
  });

  holds("a replaced file leaves nothing else in its folder", async ({ files, root }) => {
    await files.write(`${root}/a`, "1");
    await files.write(`${root}/a`, "2");
    assert.deepEqual(await files.list(root), ["a"]);
  });

  holds("appending makes the file and adds to its end", async ({ files, root }) => {
    await files.append(`${root}/log/x`, "one\n");
    await files.append(`${root}/log/x`, "two\n");
    assert.equal(await files.readText(`${root}/log/x`), "one\ntwo\n");
  });

  holds("a list is sorted, folders end with a slash, links do not", async ({ files, root, link }) => {
    await files.write(`${root}/b`, "");
    await files.write(`${root}/a/x`, "");
    await files.write(`${root}/.hidden`, "");
    await link(`${root}/c`, "a");
    assert.deepEqual(await files.list(root), [".hidden", "a/", "b", "c"]);
  });

  holds("stat tells kinds apart and does not follow links", async ({ files, root, link }) => {
    await files.write(`${root}/folder/file`, "1234");
    await link(`${root}/link`, "folder/file");
    const kind = async (path: string): Promise<unknown> => (await files.stat(`${root}/${path}`))?.kind;
    assert.deepEqual(
      [await kind("folder"), await kind("folder/file"), await kind("link")],
      ["folder", "file", "link"],
    );
    assert.equal((await files.stat(`${root}/folder/file`))?.bytes, 4);
  });

  holds("writing through a link changes what it points to", async ({ files, root, link }) => {
    await files.write(`${root}/target`, "old");
    await link(`${root}/link`, "target");
    await files.write(`${root}/link`, "new");
    assert.equal(await files.readText(`${root}/target`), "new");
    assert.equal((await files.stat(`${root}/link`))?.kind, "link");
  });

  holds("the real path follows links, also to what does not exist", async ({ files, root, link }) => {
    await files.makeFolder(`${root}/a/b`);
    await link(`${root}/up`, "a/b");
    await link(`${root}/dangling`, "a/none");
    assert.deepEqual(
      [
        await files.real(`${root}/up/new/file`),
        await files.real(`${root}/dangling/file`),
        await files.real(`${root}/missing/file`),
      ],
      [`${root}/a/b/new/file`, `${root}/a/none/file`, `${root}/missing/file`],
    );
  });

  holds(
    "removing takes a folder with all it holds, and a link but not its target",
    async ({ files, root, link }) => {
      await files.write(`${root}/kept/file`, "x");
      await files.write(`${root}/gone/deep/file`, "x");
      await link(`${root}/link`, "kept");
      await files.remove(`${root}/gone`);
      await files.remove(`${root}/link`);
      await files.remove(`${root}/never`);
      assert.deepEqual([await files.list(root), await files.list(`${root}/kept`)], [["kept/"], ["file"]]);
    },
  );

  holds(
    "a copied folder has the same content and modes, and links stay links",
    async ({ files, root, link }) => {
      await files.write(`${root}/from/run`, "x", 0o755);
      await link(`${root}/from/link`, "run");
      await files.copy(`${root}/from`, `${root}/deep/to`);
      assert.deepEqual(await files.list(`${root}/deep/to`), ["link", "run"]);
      assert.equal((await files.stat(`${root}/deep/to/run`))?.mode, 0o755);
      assert.equal((await files.stat(`${root}/deep/to/link`))?.kind, "link");
    },
  );

  holds("temporary folders are new each time", async ({ files }) => {
    const [one, two] = [await files.makeTempFolder("surefoot-"), await files.makeTempFolder("surefoot-")];
    assert.deepEqual([await files.list(one), await files.list(two), one === two], [[], [], false]);
    await files.remove(one);
    await files.remove(two);
  });

  holds(
    "a file cannot be written where a folder is, nor a folder be read as a file",
    async ({ files, root }) => {
      await files.makeFolder(`${root}/folder`);
      await files.write(`${root}/file`, "x");
      assert.deepEqual(
        [
          await code(files.write(`${root}/folder`, "x")),
          await code(files.readText(`${root}/folder`)),
          await code(files.write(`${root}/file/below`, "x")),
        ],
        ["file/unwritable", "file/unreadable", "file/unwritable"],
      );
    },
  );
}

async function code(act: Promise<unknown>): Promise<string> {
  return await act.then(
    () => "went well",
    (error: unknown) => (error instanceof Fault ? error.code : String(error)),
  );
}
