import assert from "node:assert/strict";
import { test } from "node:test";
import { jailed } from "../../../src/host/bubblewrap.ts";

const platform = { root: false, tempDir: "/tmp", statusFd: undefined };

test("the whole machine is read-only, the temporary folder empty, and what is writable is mounted after it", () => {
  const plan = { readable: ["/tmp/tools"], writable: ["/tmp/run/tree"], hidden: [] };
  assert.equal(
    jailed(["/bin/sh", "-c", "x y"], plan, "/tmp/run/tree", platform).join(" "),
    "bwrap --ro-bind / / --dev /dev --proc /proc --tmpfs /tmp --ro-bind /tmp/tools /tmp/tools" +
      " --bind /tmp/run/tree /tmp/run/tree --unshare-pid --unshare-ipc --die-with-parent --new-session" +
      " --chdir /tmp/run/tree -- /bin/sh -c x y",
  );
});

test("a hidden path inside a writable one stays hidden, and a writable one inside a hidden one stays visible", () => {
  const plan = {
    readable: [],
    writable: ["/home/dev/.surefoot/runs/1", "/home/dev"],
    hidden: [
      { path: "/home/dev/.surefoot", kind: "folder" as const },
      { path: "/home/dev/.netrc", kind: "file" as const },
    ],
  };
  const line = jailed(["true"], plan, "/", platform).join(" ");
  assert.equal(
    line.slice(line.indexOf("--bind"), line.indexOf(" --unshare-pid")),
    "--bind /home/dev /home/dev --tmpfs /home/dev/.surefoot --ro-bind /dev/null /home/dev/.netrc" +
      " --bind /home/dev/.surefoot/runs/1 /home/dev/.surefoot/runs/1",
  );
});

test("a path that is both writable and hidden is hidden", () => {
  const plan = { readable: ["/a"], writable: ["/a"], hidden: [{ path: "/a", kind: "folder" as const }] };
  assert.match(
    jailed(["true"], plan, "/", platform).join(" "),
    /--ro-bind \/a \/a --bind \/a \/a --tmpfs \/a /,
  );
});

test("started by root, a jailed process loses the power to mount", () => {
  const plan = { readable: [], writable: [], hidden: [] };
  const line = jailed(["true"], plan, "/", { ...platform, root: true });
  assert.equal(line[line.indexOf("--cap-drop") + 1], "ALL");
  assert.equal(line.includes("CAP_SYS_ADMIN"), false);
});
