import { hash } from "node:crypto";

/** SHA-256 as 64 lowercase hex digits. The one import of a platform module in the inner ring: hashing is a pure function. */
export function sha256(data: string | Uint8Array): string {
  return hash("sha256", data, "hex");
}
