import { createPublicKey, verify } from "node:crypto";
import { Fault } from "../core/fault.ts";

export type CheckSignature = (message: Uint8Array, signature: string) => boolean;

/** Reads a public key (Ed25519, SPKI in PEM) for checking. Throws `key/unreadable`. */
export function signatureCheck(publicKey: string): CheckSignature {
  try {
    const key = createPublicKey(publicKey);
    if (key.asymmetricKeyType !== "ed25519") throw new Error(`it is of type ${key.asymmetricKeyType}`);
    return (message, signature) => {
      const bytes = Buffer.from(signature, "base64");
      // Base64 has several spellings of the same bytes; only one of them was written.
      return bytes.toString("base64") === signature && verify(null, message, key, bytes);
    };
  } catch (error) {
    throw new Fault("key/unreadable", "the public key is not one of surefoot's (Ed25519 in PEM)", {
      hint: "`surefoot ledger key` prints the right one on the machine that wrote the ledger",
      cause: error,
    });
  }
}
