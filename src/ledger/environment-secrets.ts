import type { SecretRange } from "./secrets.ts";

/** A secret value in the forms in which it may be written. */
export interface SecretValue {
  readonly kind: string;
  readonly forms: readonly string[];
}

/**
 * The values that must never be written: of variables that `names` lists, and of those whose names look like a
 * credential's and whose values do not look like a path, a switch or a small number.
 */
export function environmentSecrets(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): readonly SecretValue[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const listed = names.includes(name) && value.length >= leastListed;
    if (!listed && !(mayBeCredential(name) && isSecretValue(value) && credentialName.test(name))) return [];
    return [{ kind: `env:${name}`, forms: formsOf(value) }];
  });
}

export function* findValues(text: string, values: readonly SecretValue[]): Generator<SecretRange> {
  for (const { kind, forms } of values) {
    for (const form of forms) {
      for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + form.length)) {
        yield { kind, start: at, end: at + form.length };
      }
    }
  }
}

// A hook looks at every variable once: plain searches, and a look at the value, come before the pattern below is even
// compiled. Every shell sets PWD.
const credentialParts = [
  "KEY",
  "TOKEN",
  "SECRET",
  "PASS",
  "PWD",
  "CRED",
  "AUTH",
  "COOKIE",
  "DSN",
  "CONN",
  "DATABASE",
];

function mayBeCredential(name: string): boolean {
  const upper = name.toUpperCase();
  return credentialParts.some((part) => upper.includes(part));
}

// Whole words of a name: KEY, not KEYBOARD.
const credentialName =
  /(?:^|_|-|\b)(?:api_?key|apikey|token|key|secret|secrets|password|passwd|passphrase|pass|pwd|credentials?|creds?|auth|authorization|cookie|dsn|auth_?token|access_?token|private_?key|connection_?string|database_?url)(?:$|_|-|\d|\b)/i;

const leastListed = 4;
const leastChars = 8;

function isSecretValue(value: string): boolean {
  return (
    value.length >= leastChars &&
    !isPath(value) &&
    !/^(?:true|false|enabled|disabled|required|optional)$/i.test(value) &&
    !/^\d{1,11}$/.test(value)
  );
}

// One long segment after a slash is no path: base64 begins with a slash once in 64 times.
function isPath(value: string): boolean {
  if (/^(?:file:\/\/|[A-Za-z]:[\\/])/.test(value)) return true;
  return /^(?:~|\.{1,2})?(?:\/[\w.@ -]{1,64}){1,64}\/?$/.test(value) && !/^\/[^/.]{20,}$/.test(value);
}

function formsOf(value: string): readonly string[] {
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  const bytes = Buffer.from(value);
  const forms = [
    value,
    value.trim(),
    // Without escapes of its own: the views of a text are read for those.
    encodeURIComponent(value),
    bytes.toString("latin1"),
    ...(lines.length > 1 ? lines.filter((line) => line.length >= 16) : []),
    ...(bytes.length >= 12 ? base64Forms(bytes) : []),
  ];
  return [...new Set(forms)].filter((form) => form.length >= leastListed);
}

// Base64 of a text depends on where in a group of three bytes the value begins; the characters at its edges, which
// share a group with their neighbours, are left out.
function base64Forms(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
    const whole = padded.length - (padded.length % 3);
    const encoded = padded
      .subarray(0, whole)
      .toString("base64")
      .slice(offset === 0 ? 0 : 4);
    return [encoded, encoded.replaceAll("+", "-").replaceAll("/", "_")];
  });
}
