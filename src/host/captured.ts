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
    const first = Buffer.concat(this.#head);
    const last = Buffer.concat(this.#tail);
    if (!this.truncated) return Buffer.concat([first, last]).toString("utf8");
    const head = toCharacter(first);
    const tail = fromCharacter(last.subarray(Math.max(0, last.length - this.#tailLimit)));
    const cut = this.#bytes - head.length - tail.length;
    return `${head.toString("utf8")}\n[… ${cut} bytes cut …]\n${tail.toString("utf8")}`;
  }
}

// Bytes 10xxxxxx continue a character; at most three of them follow its first byte (RFC 3629).
function fromCharacter(bytes: Buffer): Buffer {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start);
}

function toCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= 3; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
