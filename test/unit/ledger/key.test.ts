import assert from "node:assert/strict";
import { chmodSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Fault } from "../../../src/core/fault.ts";
import { configFolder, keyFiles, loadKey, loadPublicKey, openKey } from "../../../src/host/key.ts";
import { signatureCheck } from "../../../src/ledger/signature.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const message = Buffer.from("message");
const isUnreadable = (error: unknown): boolean => error instanceof Fault && error.code === "key/unreadable";
const platform = {
  os: "linux",
  arch: "x64",
  node: "24",
  execPath: "",
  home: "/home/me",
  tempDir: "/tmp",
  pid: 1,
  user: "me",
};

test("a key is made once, for this user alone, and signs what its public half verifies", (context) => {
  const folder = join(tempFolder(context), "config");
  assert.deepEqual([loadKey(folder), loadPublicKey(folder)], [undefined, undefined]);
  const key = openKey(folder);
  const again = openKey(folder);
  const check = signatureCheck(key.publicKey);
  const signature = Buffer.from(again.sign(message)).toString("base64");
  assert.deepEqual(
    [key.publicKey, check(message, signature), check(Buffer.from("other"), signature), readdirSync(folder)],
    [loadPublicKey(folder), true, false, ["ledger-key.pem", "ledger-key.pub.pem"]],
  );
  if (process.platform !== "win32") {
    assert.deepEqual(
      [statSync(folder).mode & 0o777, statSync(keyFiles(folder).secret).mode & 0o777],
      [0o700, 0o600],
    );
  }
});

test("a key that others can read is not used", { skip: process.platform === "win32" }, (context) => {
  const folder = tempFolder(context);
  openKey(folder);
  chmodSync(keyFiles(folder).secret, 0o640);
  assert.throws(() => openKey(folder), isUnreadable);
});

test("a damaged key is one clear fault and is not replaced", (context) => {
  const folder = tempFolder(context);
  writeFileSync(keyFiles(folder).secret, "no key", { mode: 0o600 });
  assert.throws(() => openKey(folder), isUnreadable);
  assert.deepEqual(readdirSync(folder), ["ledger-key.pem"]);
});

test("the configuration folder is the user's, wherever the system keeps it", () => {
  const at = (env: Record<string, string>, os = "linux"): string =>
    configFolder({ env, platform: { ...platform, os } });
  assert.deepEqual(
    [
      at({}),
      at({ XDG_CONFIG_HOME: "/cfg" }),
      at({ XDG_CONFIG_HOME: "/cfg", SUREFOOT_CONFIG_HOME: "/own" }),
      at({ APPDATA: "/roaming" }, "win32"),
    ],
    ["/home/me/.config/surefoot", "/cfg/surefoot", "/own", "/roaming/surefoot"],
  );
});

test("what is no public key is a fault", () => {
  assert.throws(() => signatureCheck("nonsense"), isUnreadable);
});
