import { createPublicKey, verify } from "node:crypto";
import { Fault } from "../core/fault.ts";

export type CheckSignature = (message: Uint8Array, signature: string) => boolean;

/** Reads a public key (Ed25519, SPKI in PEM) for checking. Throws `key/unreadable`. */
export function signatureCheck(publicKey: string): CheckSignature {
  try {
    const key = createPublicKey(publicKey);
    if (key.asymmetricKeyType !== "ed25519") throw new Error(`it is of type ${key.asymmetricKeyType}`);
    return (message, signature) => verify(null, message, key, Buffer.from(signature, "base64"));
  } catch (error) {
    throw new Fault("key/unreadable", "the public key is not one of surefoot's (Ed25519 in PEM)", {
      hint: "`surefoot ledger key` prints the right one on the machine that wrote the ledger",
      cause: error,
    });
  }
}
