import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Event } from "../../../src/core/event.ts";
import { memoryStore } from "../../../src/ledger/memory-store.ts";
import { openLedger } from "../../../src/ledger/ledger.ts";
import { makeRedactor } from "../../../src/ledger/redact.ts";
import { keyLines, privateKey, samples } from "./secret-samples.ts";
import { said, ticking } from "./samples.ts";

const on = { enabled: true, env: [] };
const clean = (text: string, env: Readonly<Record<string, string>> = {}): string =>
  makeRedactor(on, env).text(text).value;

// Any spelling of a text as the inside of a JSON string: every character may be escaped.
const spelled = (text: string, choices: readonly number[]): string =>
  text
    .split("")
    .map((letter, index) =>
      choices[index % choices.length] === 0
        ? `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`
        : JSON.stringify(letter).slice(1, -1),
    )
    .join("");

const around = fc.string({ maxLength: 30 }).filter((text) => !text.includes("["));
const sample = fc.constantFrom(...samples);
const password = fc
  .array(fc.constantFrom(..."abcXYZ0123456789!#%&*()+,;=?@^_~\"'\\/<>. "), { minLength: 8, maxLength: 40 })
  .map((letters) => `k${letters.join("")}7z`);

/** Every text that is in a value, and every text in those that are JSON themselves. */
function texts(value: unknown): readonly string[] {
  if (typeof value === "string") {
    try {
      const inner: unknown = JSON.parse(value);
      return typeof inner === "string" || typeof inner === "object" ? [value, ...texts(inner)] : [value];
    } catch {
      // Not JSON: the text itself is all there is.
      return [value];
    }
  }
  if (Array.isArray(value)) return value.flatMap(texts);
  if (typeof value === "object" && value !== null)
    return [...Object.keys(value), ...Object.values(value).flatMap(texts)];
  return [];
}

test("no planted credential survives, wherever it stands in an event", () => {
  fc.assert(
    fc.property(sample, around, around, ({ secret, text }, before, after) => {
      const planted = `${before} ${text}\n${after}`;
      const event: Event = {
        type: "action.judged",
        iteration: 1,
        call: "1",
        tool: "exec",
        action: {
          kind: "tool",
          server: "s",
          name: "n",
          input: { [planted]: [{ deep: planted }], json: JSON.stringify({ planted }) },
        },
        judgement: {
          verdict: "allow",
          reasons: [],
          effects: [{ kind: "execute", program: "x", args: [planted], cwd: undefined }],
          facts: {},
        },
        enforced: true,
      };
      const { value, found } = makeRedactor(on, {}).event(event);
      assert.deepEqual(
        texts(value).filter((each) => each.includes(secret)),
        [],
      );
      assert.ok(found.size > 0);
    }),
  );
});

test("no planted credential survives in JSON inside JSON, however its characters are escaped", () => {
  const choices = fc.array(fc.nat(3), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(
      sample,
      around,
      choices,
      fc.integer({ min: 0, max: 2 }),
      ({ secret, text }, before, picks, depth) => {
        let planted = `{"a":"${spelled(`${before}\n${text}`, picks)}"}`;
        for (let level = 0; level < depth; level += 1) planted = JSON.stringify({ output: planted });
        let read: unknown = clean(planted);
        // Reading the redacted text as deep as it was written must show no secret either.
        for (let level = 0; level <= depth; level += 1) {
          assert.deepEqual(
            texts(read).filter((each) => each.includes(secret)),
            [],
          );
          const [inner] = texts(read)
            .slice(1)
            .toSorted((a, b) => b.length - a.length);
          read = inner ?? "";
        }
      },
    ),
  );
});

test("no value of a variable that looks like a credential's survives, plain, escaped, in a URL or in base64", () => {
  const name = fc.constantFrom(
    "API_TOKEN",
    "MY_SECRET",
    "DB_PASSWORD",
    "SIGNING_KEY",
    "aws_access_key_id",
    "NPM_AUTH",
  );
  fc.assert(
    fc.property(name, password, around, around, (variable, secret, before, after) => {
      const env = { [variable]: secret };
      const base64 = Buffer.from(`${before}${secret}${after}`).toString("base64");
      const middle = Buffer.from(secret).toString("base64").slice(4, -8);
      const forms = [
        [clean(`${before}${secret}${after}`, env), secret],
        [clean(JSON.stringify([before, secret]), env), JSON.stringify(secret).slice(1, -1)],
        [
          clean(JSON.stringify(JSON.stringify(secret)), env),
          JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1),
        ],
        [clean(`https://x.example/?k=${encodeURIComponent(secret)}`, env), encodeURIComponent(secret)],
        [clean(base64, env), middle],
      ];
      for (const [redacted = "", form = ""] of forms) {
        if (form.length > 7) assert.ok(!redacted.includes(form), `${redacted} holds ${form}`);
      }
    }),
  );
});

test("a variable counts by its name and by what its value looks like", () => {
  const env = {
    GITHUB_TOKEN: "tok-12345678",
    SSH_AUTH_SOCK: "/run/user/1000/keyring/ssh",
    KEYBOARD: "de-latin1-nodeadkeys",
    ENABLE_AUTH: "true",
    KEY_COUNT: "12345678",
    PWD: "/home/me/project",
    SHORT_KEY: "abc",
    HOME: "/home/me",
    MY_TOKEN: "tok-abcdefgh",
    DEPLOYMENT: "listed by the policy",
  };
  const text = Object.values(env).join(" | ");
  assert.equal(
    makeRedactor({ enabled: true, env: ["DEPLOYMENT"] }, env).text(text).value,
    "[redacted:env:GITHUB_TOKEN] | /run/user/1000/keyring/ssh | de-latin1-nodeadkeys | true | 12345678 | /home/me/project | abc | /home/me | [redacted:env:MY_TOKEN] | [redacted:env:DEPLOYMENT]",
  );
});

test("nothing of a private key survives: whole, cut at either end, indented, numbered, in a diff, or line by line", () => {
  const lines = privateKey.trim().split("\n");
  const forms: readonly string[] = [
    privateKey,
    lines.slice(0, 6).join("\n"),
    lines.slice(6).join("\n"),
    `log\n${lines.slice(0, 5).join("\n")}\nerror: out of memory\nmore`,
    lines.map((line) => `    ${line}`).join("\r\n"),
    lines.map((line, index) => `${String(index).padStart(4)}\t${line}`).join("\n"),
    lines.map((line) => `+${line}`).join("\n"),
    JSON.stringify({ key: privateKey }),
    JSON.stringify(JSON.stringify({ key: privateKey })),
    `KEY="${privateKey.replaceAll("\n", String.raw`\n`)}"`,
    privateKey.replaceAll("PRIVATE KEY", "RSA PRIVATE KEY"),
    privateKey.replaceAll("PRIVATE KEY", "OPENSSH PRIVATE KEY"),
    privateKey.replace(
      "KEY-----\n",
      "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF\n\n",
    ),
  ];
  for (const form of forms) {
    const redacted = clean(form);
    assert.deepEqual(
      keyLines.filter((line) => redacted.includes(line)),
      [],
      form,
    );
  }
  assert.match(clean(forms[3] ?? ""), /error: out of memory\nmore$/);
});

test("a private key that stands as an array of lines is taken out line by line", () => {
  const event: Event = {
    type: "tool.finished",
    iteration: 1,
    call: "1",
    tool: "x",
    durationMs: 1,
    outcome: {
      kind: "refused",
      judgement: {
        verdict: "deny",
        reasons: [],
        facts: {},
        effects: [
          {
            kind: "execute",
            program: "cat",
            args: ["before", ...privateKey.trim().split("\n"), "after"],
            cwd: undefined,
          },
        ],
      },
    },
  };
  const written = JSON.stringify(makeRedactor(on, {}).event(event).value);
  assert.deepEqual(
    keyLines.filter((line) => written.includes(line)),
    [],
  );
  assert.match(written, /"before".*"after"/);
});

test("artifacts are redacted as text, and as bytes where they are none", () => {
  const redactor = makeRedactor(on, { MY_TOKEN: "gr\u00fc\u00dfe-12345678" });
  const text = redactor.bytes("x gr\u00fc\u00dfe-12345678 y").value;
  const binary = Buffer.concat([
    Buffer.from([0xff, 0x00, 0xfe]),
    Buffer.from("gr\u00fc\u00dfe-12345678"),
    Buffer.from([0xff]),
  ]);
  const untouched = Buffer.from([0xff, 0x00, 0xfe, 0x80]);
  assert.deepEqual(
    [
      Buffer.from(text).toString(),
      Buffer.from(redactor.bytes(binary).value).toString("latin1"),
      redactor.bytes(untouched).value,
    ],
    ["x [redacted:env:MY_TOKEN] y", "\u00ff\u0000\u00fe[redacted:env:MY_TOKEN]\u00ff", untouched],
  );
});

test("what holds no secret stays as it is, to the last character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      const { value, found } = makeRedactor(on, { MY_TOKEN: "tok-12345678" }).text(text);
      assert.deepEqual([value, found.size], [text, 0]);
    }),
    { numRuns: 50 },
  );
});

test("redacting twice changes nothing more", () => {
  fc.assert(
    fc.property(sample, around, ({ text }, before) => {
      const once = clean(`${before} ${text}`);
      assert.equal(clean(once), once);
    }),
  );
});

test("the words that tell events apart stay, whatever a password is", () => {
  const event: Event = { type: "run.finished", verdict: "verified", stop: "passed", says: "it was verified" };
  assert.deepEqual(makeRedactor(on, { ADMIN_PASSWORD: "verified" }).event(event).value, {
    ...event,
    says: "it was [redacted:env:ADMIN_PASSWORD]",
  });
});

test("a ledger writes nothing before redaction, and counts what it took out", () => {
  const store = memoryStore({ now: ticking() });
  const secret = "tok-12345678";
  const ledger = openLedger({ store, now: ticking(), redactor: makeRedactor(on, { MY_TOKEN: secret }) });
  const written = ledger.append({ session: "a", actor: "agent", event: said(`${secret} and ${secret}`) });
  const digest = ledger.putArtifact(`the token is ${secret}`);
  assert.deepEqual(
    [written.event, [...store.read("a")][0]?.event, Buffer.from(ledger.getArtifact(digest) ?? []).toString()],
    [
      said("[redacted:env:MY_TOKEN] and [redacted:env:MY_TOKEN]"),
      { iteration: 1, text: "[redacted:env:MY_TOKEN] and [redacted:env:MY_TOKEN]", type: "agent.said" },
      "the token is [redacted:env:MY_TOKEN]",
    ],
  );
  assert.deepEqual(ledger.redacted(), new Map([["env:MY_TOKEN", 3]]));
});

test("redaction that is switched off writes what it was given", () => {
  const off = makeRedactor({ enabled: false, env: ["X"] }, { X: "tok-12345678" });
  assert.deepEqual(off.event(said(`tok-12345678 ${privateKey}`)).value, said(`tok-12345678 ${privateKey}`));
});

test("a megabyte takes well under a second, also of text made to be slow", () => {
  const megabyte = 1024 * 1024;
  const hard = [
    "https://",
    "xoxb-",
    "://a:",
    '\\"',
    "-----BEGIN ",
    "_authToken=",
    "SG.a.",
    "ghs_1_a.",
    "PRIVATE KEY",
    "\\\\",
    "postgres://a:",
    "ops_ey",
    "-----BEGIN PRIVATE KEY-----",
    "a",
  ];
  const redactor = makeRedactor(on, { MY_TOKEN: "tok-12345678" });
  for (const piece of hard) {
    const text = piece.repeat(megabyte / piece.length);
    const start = performance.now();
    redactor.text(text);
    assert.ok(performance.now() - start < 3000, `${piece}: ${performance.now() - start} ms`);
  }
});
