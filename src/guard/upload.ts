import type { Effect, Span } from "../core/action.ts";
import { hostOf } from "./address.ts";
import { optionsOf } from "./argv.ts";
import type { Invocation } from "./argv.ts";
import { once } from "./once.ts";
import { hole } from "./shell/shell.ts";

/** Data that a program sends over the network. */
export interface Upload {
  readonly program: string;
  /** `undefined` where it cannot be known. */
  readonly host: string | undefined;
  /** Names of files that are sent, as they stand in the command. */
  readonly files: readonly string[];
  /** Whether it sends its standard input. */
  readonly input: boolean;
  /** Other text that is sent: the address, literal data. A hole stands for what cannot be known. */
  readonly texts: readonly string[];
  /** Place among the effects: what comes before may have made what is sent. */
  readonly index: number;
  readonly span?: Span;
}

export function maySend(program: string): boolean {
  return senders.has(program);
}

/** Every place where the effects send something over the network. */
export const uploadsOf = once((effects: readonly Effect[]): readonly Upload[] =>
  effects.flatMap((effect, index): readonly Upload[] => {
    if (effect.kind !== "execute" || effect.program === undefined) return [];
    const words = effect.words ?? effect.args.map((arg) => arg ?? hole);
    const sender = senders.get(effect.program);
    const sent = sender?.({ ...effect, program: effect.program, words });
    if (sent === undefined) return [];
    const { address, files = [], input = false, texts = [] } = sent;
    const base = {
      program: effect.program,
      host: address === undefined ? undefined : hostOf(address),
      files,
      input,
      texts,
      index,
    };
    return [effect.span === undefined ? base : { ...base, span: effect.span }];
  }),
);

interface Sent {
  readonly address: string | undefined;
  readonly files?: readonly string[];
  readonly input?: boolean;
  readonly texts?: readonly string[];
}

type Sender = (invocation: Invocation) => Sent | undefined;

function curl(invocation: Invocation): Sent {
  const { values, operands } = optionsOf(invocation, {
    short: "AbcCdDeEFhHKmoPQrTtuUwxXyYz",
    long: curlOptions,
  });
  const all = (...names: readonly string[]): readonly string[] =>
    names.flatMap((name) => (values.get(name) ?? []).map((arg) => arg.value));
  const data = all("d", "data", "data-ascii", "data-binary", "json");
  const forms = all("F", "form").map((text) => text.slice(text.indexOf("=") + 1));
  const encoded = all("data-urlencode").map((text) => text.replace(/^[^=@]*(?=@)/, ""));
  const put = all("T", "upload-file");
  const named = [
    ...[...data, ...encoded].filter((text) => text.startsWith("@")).map((text) => text.slice(1)),
    ...forms.filter((text) => /^[@<]/.test(text)).map((text) => text.slice(1).replace(/;.*$/, "")),
    ...put,
  ];
  const urls = [...operands.map((arg) => arg.value), ...all("url")];
  return {
    address: urls.find((url) => hostOf(url) !== undefined) ?? urls[0],
    files: named.filter((name) => !stdin.test(name)),
    input: named.some((name) => stdin.test(name)),
    texts: [
      ...urls,
      ...[...data, ...encoded, ...forms].filter((text) => !/^[@<]/.test(text)),
      ...all("data-raw", "form-string"),
    ],
  };
}

const stdin = /^(-|\.|\/dev\/(stdin|fd\/0))$/;

const curlOptions =
  `output output-dir header request data data-ascii data-raw data-binary data-urlencode json form
  form-string upload-file user user-agent url max-time connect-timeout cookie cookie-jar proxy cacert cert key write-out
  retry retry-delay referer config range resolve interface`.split(/\s+/);

function wget(invocation: Invocation): Sent {
  const { values, operands } = optionsOf(invocation, {
    short: "oOaePUTtwQBADRIXl",
    long: [
      "output-document",
      "post-data",
      "post-file",
      "body-data",
      "body-file",
      "header",
      "method",
      "user-agent",
      "directory-prefix",
    ],
  });
  const all = (...names: readonly string[]): readonly string[] =>
    names.flatMap((name) => (values.get(name) ?? []).map((arg) => arg.value));
  const files = all("post-file", "body-file");
  const urls = operands.map((arg) => arg.value);
  return {
    address: urls[0],
    files: files.filter((name) => !stdin.test(name)),
    input: files.some((name) => stdin.test(name)),
    texts: [...urls, ...all("post-data", "body-data")],
  };
}

/** HTTPie and its like: `POST host field=value field@file`, the body on standard input. */
function httpie({ words }: Invocation): Sent {
  const operands = words.filter((word) => !word.startsWith("-"));
  const rest = /^[A-Z]+$/.test(operands[0] ?? "") ? operands.slice(1) : operands;
  const files = rest.slice(1).flatMap((word) => /^[\w.[\]-]+(?:=|:=)?@(.+)$/.exec(word)?.[1] ?? []);
  return { address: rest[0], files, input: /^(POST|PUT|PATCH)$/.test(operands[0] ?? ""), texts: rest };
}

function netcat(invocation: Invocation): Sent | undefined {
  const { operands, flags } = optionsOf(invocation, {
    short: "pswiqXxTIOMmGgceV",
    long: ["exec", "sh-exec"],
  });
  if (flags.has("l") || flags.has("z") || operands.length === 0) return undefined;
  const texts = operands.map((arg) => arg.value);
  return { address: texts[0], input: true, texts };
}

/** `scp a b host:c`: the last operand is another machine's. */
function copy(invocation: Invocation): Sent | undefined {
  const { operands } = optionsOf(invocation, {
    short: invocation.program === "rsync" ? "efTBM" : "cFiJloPSD",
    long: [
      "rsh",
      "exclude",
      "include",
      "exclude-from",
      "include-from",
      "filter",
      "files-from",
      "chmod",
      "bwlimit",
    ],
  });
  const names = operands.map((arg) => arg.value);
  const last = names.at(-1) ?? "";
  if (names.length < 2 || !/^(\w+:\/\/|[^/]+:)/.test(last)) return undefined;
  const host = last.startsWith("rsync://") || last.startsWith("scp://") ? last : last.replace(/:.*$/s, "");
  return { address: host, files: names.slice(0, -1).filter((name) => !/^[^/]+:/.test(name)), texts: [] };
}

/** `aws s3 cp file s3://bucket` and its like: what stands before the last operand is sent, when that is a bucket. */
function bucket(verbs: RegExp, remote: RegExp): Sender {
  return ({ words }) => {
    if (words.some((word) => /^(--dry-?run|-n)$/.test(word))) return undefined;
    const operands = words.filter((word) => !/^--?\w/.test(word));
    const verb = verbs.exec(operands.join(" "));
    if (verb === null) return undefined;
    const names = operands.slice(verb[0].split(" ").length);
    const to = names.findLastIndex((name) => remote.test(name));
    if (to < 1 || remote.test(names[0] ?? "")) return undefined;
    const files = names.slice(0, to);
    return { address: names[to], files: files.filter((name) => name !== "-"), input: files.includes("-") };
  };
}

/** A program whose only business is to send files to its own host. */
function service(host: string, verbs: RegExp): Sender {
  return ({ words }) => {
    const verb = verbs.exec(words.join(" "));
    if (verb === null) return undefined;
    const used = verb[0].split(" ").filter((word) => word !== "").length;
    const files = words.slice(used).filter((word) => !word.startsWith("-"));
    return { address: host, files, input: files.length === 0 || words.includes("-") };
  };
}

/** Names that are looked up carry what stands in them to whoever answers for the domain. */
const lookup: Sender = ({ words }) => ({
  address: undefined,
  texts: words.filter((word) => !/^[-+]/.test(word)),
});

/** `ssh host command`: the other side may keep what comes in. */
const remoteShell: Sender = (invocation) => {
  const { operands } = optionsOf(invocation, { short: "BbcDEeFIiJLlmOopQRSWw", stops: true });
  return operands.length < 2 ? undefined : { address: operands[0]?.value, input: true, texts: [] };
};

/** `sftp host` with its commands on standard input. */
const sftp: Sender = (invocation) => {
  const { operands } = optionsOf(invocation, { short: "BbcDFilJoPRSsX" });
  const files = [...(invocation.input ?? "").matchAll(/^\s*m?put\s+(?:-\w+\s+)*(\S+)/gm)].map(
    (match) => match[1] ?? "",
  );
  return files.length === 0 ? undefined : { address: (operands[0]?.value ?? "").replace(/:.*$/s, ""), files };
};

const mail: Sender = (invocation) => {
  const { values, operands } = optionsOf(invocation, { short: "sarcbA", long: ["attach", "subject"] });
  const files = [...(values.get("a") ?? []), ...(values.get("A") ?? []), ...(values.get("attach") ?? [])];
  if (operands.length === 0) return undefined;
  return { address: operands[0]?.value, files: files.map((arg) => arg.value), input: true };
};

/** Code that posts to an address that stands in it. */
const code: Sender = ({ words, input = "" }) => {
  const text = `${words.join("\n")}\n${input}`.slice(0, codeAtMost);
  if (!posts.test(text)) return undefined;
  const address = /https?:\/\/[^\s"'`)]+/.exec(text)?.[0];
  return address === undefined ? undefined : { address, input: true, texts: [text] };
};

const codeAtMost = 20_000;
const posts =
  /\brequests\.(post|put|patch)\(|\burlopen\([^)]{0,200}(data|Request)|\bhttpx\.(post|put)\(|method\s*:\s*["'](POST|PUT)|\baxios\.(post|put)\(|\bhttps?\.request\(|Net::HTTP\.post|\bcurl_exec|LWP::UserAgent|HTTP::Tiny/;

const senders: ReadonlyMap<string, Sender> = new Map([
  ...each("curl curlie", curl),
  ...each("wget wget2", wget),
  ...each("http https xh xhs", httpie),
  ...each("nc ncat netcat telnet", netcat),
  ...each("scp rsync", copy),
  ...each("dig nslookup host ping drill", lookup),
  ...each("ssh", remoteShell),
  ...each("sftp", sftp),
  ...each("mail mailx mutt sendmail", mail),
  ...each("python python2 python3 node nodejs bun deno ruby perl php", code),
  ["aws", bucket(/^s3 (cp|mv|sync)/, /^s3:\/\//)],
  ["gsutil", bucket(/^(cp|mv|rsync)/, /^gs:\/\//)],
  ["gcloud", bucket(/^storage (cp|mv|rsync)/, /^gs:\/\//)],
  ["s3cmd", bucket(/^(put|sync)/, /^s3:\/\//)],
  ["azcopy", bucket(/^(copy|cp|sync)/, /^https:\/\//)],
  ["rclone", bucket(/^(copy|copyto|sync|move|moveto)/, /^[\w-]+:/)],
  ["gh", service("gist.github.com", /^gist create/)],
  ["glab", service("gitlab.com", /^snippet create/)],
  ["croc", service("croc", /^send/)],
  ["wormhole", service("magic-wormhole", /^send/)],
  ["transfer", service("transfer.sh", /^/)],
  ["pastebinit", service("pastebin.com", /^/)],
  ["ipfs", service("ipfs.io", /^add/)],
]);

function each(names: string, sender: Sender): readonly (readonly [string, Sender])[] {
  return names.split(" ").map((name) => [name, sender] as const);
}
