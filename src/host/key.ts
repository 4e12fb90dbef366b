import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../core/fault.ts";
import type { Host, Signer } from "../core/ports.ts";

/** The user's own folder for surefoot, outside every repository. The guard denies reading it. */
export function configFolder({ env, platform }: Pick<Host, "env" | "platform">): string {
  const own = env["SUREFOOT_CONFIG_HOME"];
  if (own !== undefined && own !== "") return own;
  if (platform.os === "win32")
    return join(env["APPDATA"] ?? join(platform.home, "AppData", "Roaming"), "surefoot");
  const shared = env["XDG_CONFIG_HOME"];
  return join(shared !== undefined && shared !== "" ? shared : join(platform.home, ".config"), "surefoot");
}

export function keyFiles(folder: string): { readonly secret: string; readonly open: string } {
  return { secret: join(folder, "ledger-key.pem"), open: join(folder, "ledger-key.pub.pem") };
}

/** Loads the key pair, or makes it on first use. Of two processes that make it at once, both get the same one. */
export function openKey(folder: string): Signer {
  const known = loadKey(folder);
  if (known !== undefined) return known;
  const { secret } = keyFiles(folder);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { privateKey } = generateKeyPairSync("ed25519");
    placeOnce(secret, privateKey.export({ type: "pkcs8", format: "pem" }).toString(), 0o600);
  } catch (error) {
    throw keyFault(`the key ${secret} cannot be written`, "make its folder writable for this user", error);
  }
  const made = loadKey(folder);
  if (made === undefined) throw keyFault(`the key ${secret} vanished`, "run the command again", undefined);
  return made;
}

/** The key pair, or `undefined` where none was made yet. Throws `key/unreadable`, also when others could read the key. */
export function loadKey(folder: string): Signer | undefined {
  const { secret, open } = keyFiles(folder);
  const pem = readIfThere(secret);
  if (pem === undefined) return undefined;
  checkPrivate(secret);
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType !== "ed25519") throw new Error(`it is a key of type ${key.asymmetricKeyType}`);
    const publicKey = (): string => createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
    if (readIfThere(open) === undefined) placeOnce(open, publicKey(), 0o644);
    return {
      // Most who sign never show it.
      get publicKey() {
        return publicKey();
      },
      sign: (message) => sign(null, message, key),
    };
  } catch (error) {
    throw keyFault(
      `the key ${secret} is not usable`,
      "move it aside: a new one is made on the next run",
      error,
    );
  }
}

/** The public half alone, for verification; `undefined` where there is no key. */
export function loadPublicKey(folder: string): string | undefined {
  return readIfThere(keyFiles(folder).open) ?? loadKey(folder)?.publicKey;
}

// Written under another name first, then linked: nobody ever sees half a key, and the first one wins.
function placeOnce(path: string, content: string, mode: number): void {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    writeFileSync(draft, content, { flag: "wx", mode, flush: true });
    linkSync(draft, path);
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function checkPrivate(path: string): void {
  if (process.platform === "win32") return;
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  throw keyFault(
    `the key ${path} can be read by others (mode ${mode.toString(8)})`,
    `run: chmod 600 ${path}  (and make a new key if others use this machine)`,
    undefined,
  );
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw keyFault(`the key ${path} cannot be read`, "make it readable for this user alone", error);
  }
}

function keyFault(says: string, hint: string, cause: unknown): Fault {
  return new Fault("key/unreadable", says, { hint, cause });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
