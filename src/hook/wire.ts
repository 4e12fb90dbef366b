// What hooks and `guard serve` say to each other. Made so that a client of a hundred lines of C can speak it: a header
// in words, then bytes as they are.

/** Raised when the words change: a server of another protocol is not asked. */
const protocol = "surefoot-guard-1";

export interface WireRequest {
  /** Version of the client. Another one than the server's decides by itself: it may know other rules. */
  readonly version: string;
  /** Id of a dialect, or a word to the server itself. */
  readonly dialect: string;
  readonly explicit: boolean;
  readonly unattended: boolean;
  /** Working folder of the hook. */
  readonly cwd: string;
  readonly payload: string;
}

/** `<protocol> <version> <dialect> <flags>`, the working folder on the next line, then the payload to the end. */
export function writeRequest(request: WireRequest): Buffer {
  const { version, dialect, explicit, unattended, cwd, payload } = request;
  const flags = `${explicit ? "e" : "-"}${unattended ? "u" : "-"}`;
  return Buffer.from(`${protocol} ${version} ${dialect} ${flags}\n${cwd}\n${payload}`);
}

export function readRequest(bytes: Buffer): WireRequest | undefined {
  const text = bytes.toString("utf8");
  const match = /^(\S+) (\S+) (\S+) ([e-])([u-])\n(.*)\n/.exec(text);
  if (match === null || match[1] !== protocol) return undefined;
  const [head, , version = "", dialect = "", e, u, cwd = ""] = match;
  const payload = text.slice(head.length);
  return { version, dialect, explicit: e === "e", unattended: u === "u", cwd, payload };
}

/** What the client writes and exits with; `undefined`: it decides by itself. */
export interface WireAnswer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: 0 | 2;
}

/** `<protocol> <exit> <bytes of standard output> <bytes of standard error>` and a line break, then both. */
export function writeAnswer(answer: WireAnswer | undefined): Buffer {
  if (answer === undefined) return Buffer.from(`${protocol} - 0 0\n`);
  const [out, err] = [Buffer.from(answer.stdout), Buffer.from(answer.stderr)];
  const head = `${protocol} ${answer.exit} ${out.length} ${err.length}\n`;
  return Buffer.concat([Buffer.from(head), out, err]);
}

/** `undefined` for whatever is not a whole answer. */
export function readAnswer(bytes: Buffer): WireAnswer | undefined {
  const end = bytes.indexOf(10);
  const match = /^(\S+) ([02]) (\d+) (\d+)$/.exec(bytes.toString("latin1", 0, Math.max(0, end)));
  if (match === null || match[1] !== protocol) return undefined;
  const body = bytes.subarray(end + 1);
  const cut = Number(match[3]);
  if (body.length !== cut + Number(match[4])) return undefined;
  return {
    stdout: body.toString("utf8", 0, cut),
    stderr: body.toString("utf8", cut),
    exit: match[2] === "0" ? 0 : 2,
  };
}
