import { StringDecoder } from "node:string_decoder";

/** Keeps the first and the last bytes of a stream within a limit and counts the rest. */
export class Captured {
  readonly #headLimit: number;
  readonly #tailLimit: number;
  readonly #head: Uint8Array[] = [];
  readonly #tail: Uint8Array[] = [];
  #headBytes = 0;
  #tailBytes = 0;
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#headLimit = Math.ceil(limitBytes / 2);
    this.#tailLimit = limitBytes - this.#headLimit;
  }

  add(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    const forHead = Math.min(chunk.length, this.#headLimit - this.#headBytes);
    if (forHead > 0) {
      this.#head.push(chunk.subarray(0, forHead));
      this.#headBytes += forHead;
    }
    const rest = chunk.subarray(forHead);
    if (rest.length === 0) return;
    this.#tail.push(rest);
    this.#tailBytes += rest.length;
    // Whole chunks are dropped as soon as the others fill the limit; `text` cuts the last one exactly.
    for (let oldest = this.#tail[0]; oldest !== undefined; oldest = this.#tail[0]) {
      if (this.#tailBytes - oldest.length < this.#tailLimit) break;
      this.#tail.shift();
      this.#tailBytes -= oldest.length;
    }
  }

  /** All bytes, kept or not. */
  get bytes(): number {
    return this.#bytes;
  }

  get truncated(): boolean {
    return this.#bytes > this.#headLimit + this.#tailLimit;
  }

  /** Decoded as UTF-8; between head and tail one line says how much was cut. */
  text(): string {
    const head = Buffer.concat(this.#head);
    const tail = Buffer.concat(this.#tail);
    if (!this.truncated) return Buffer.concat([head, tail]).toString("utf8");
    const kept = fromCharacter(tail.subarray(Math.max(0, tail.length - this.#tailLimit)));
    const cut = this.#bytes - head.length - kept.length;
    // The decoder holds back a character whose last bytes were cut.
    return `${new StringDecoder("utf8").write(head)}\n[… ${cut} bytes cut …]\n${kept.toString("utf8")}`;
  }
}

// Bytes 10xxxxxx continue a character; at most three of them follow its first byte (RFC 3629).
function fromCharacter(bytes: Buffer): Buffer {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start);
}
