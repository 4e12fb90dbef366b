import { generateKeyPairSync } from "node:crypto";

/** Made-up credentials by kind, each with the preset's rule that must find it. Put together from parts, so that no scanner takes this file for a leak. */
export interface Sample {
  readonly kind: string;
  readonly rule: string;
  /** What must not survive. */
  readonly secret: string;
  /** How it stands in a text. */
  readonly text: string;
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const alphanumeric = `${letters}0123456789`;

// The same for the same length: a walk through the alphabet that is no run of one character.
function body(length: number, alphabet = alphanumeric): string {
  return Array.from({ length }, (_, index) => alphabet[(index * 7 + length) % alphabet.length]).join("");
}

const digits = (length: number): string => body(length, "0123456789");
const hex = (length: number): string => body(length, "0123456789abcdef");

function token(kind: string, rule: string, secret: string): Sample {
  return { kind, rule, secret, text: `token: ${secret} (do not share)` };
}

// Base64 ends with `fQ==` where a single brace is left over.
const opsBody = Buffer.from(JSON.stringify({ email: "a@b.example", key: body(150), salt: "wxyz" })).toString(
  "base64",
);

const pem = generateKeyPairSync("rsa", {
  modulusLength: 1024,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
}).privateKey;
const pemBody = pem.split("\n").slice(1, -2);

export const samples: readonly Sample[] = [
  token("aws", "aws", `AKIA${body(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`),
  token("aws", "aws", `ASIA${body(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`),
  {
    kind: "aws",
    rule: "aws",
    secret: `${body(39)}/`.split("").toReversed().join(""),
    text: `aws_secret_access_key = ${`${body(39)}/`.split("").toReversed().join("")}`,
  },
  { kind: "aws", rule: "aws", secret: body(40), text: `"AWS_SECRET_ACCESS_KEY": "${body(40)}",` },
  token("npm", "npm", `npm_${body(36)}`),
  { kind: "npm", rule: "npm", secret: body(30), text: `//registry.npmjs.org/:_authToken=${body(30)}` },
  {
    kind: "npm",
    rule: "npm",
    secret: body(40),
    text: `"x": "git+https://${body(40)}:x-oauth-basic@github.com/a/b.git"`,
  },
  token("slack", "slack", `xoxb-${digits(12)}-${digits(12)}-${body(24)}`),
  token("slack", "slack", `xoxp-${digits(11)}-${digits(11)}-${digits(12)}-${hex(32)}`),
  token("slack", "slack", `xapp-1-${body(11)}-${digits(13)}-${hex(40)}`),
  {
    kind: "slack",
    rule: "slack",
    secret: body(24),
    text: `curl https://hooks.slack.com/services/T${body(8)}/B${body(8)}/${body(24)}`,
  },
  token("sendgrid", "sendgrid", `SG.${body(22)}.${body(43)}`),
  token("shopify", "shopify", `shppa_${hex(32)}`),
  token("shopify", "shopify", `shpat_${hex(32)}`),
  token("stripe", "stripe", `sk_live_${body(24)}`),
  token("stripe", "stripe", `rk_test_${body(99)}`),
  token("github", "github", `ghp_${body(36)}`),
  token("github", "github", `ghr_${body(36)}`),
  token("github", "github", `github_pat_${body(22)}_${body(59)}`),
  token("github", "github", `ghs_${digits(8)}_${body(20)}.${body(40)}.${body(43)}`),
  token("gitlab", "gitlab", `glpat-${body(20)}`),
  token("grafana", "grafana", `glc_${body(60)}==`),
  token("grafana", "grafana", `glsa_${body(32)}_${hex(8)}`),
  token("openai", "openai", `sk-${body(20)}T3BlbkFJ${body(20)}`),
  token("openai", "openai", `sk-proj-${body(74)}T3BlbkFJ${body(74)}`),
  token("openai", "openai", `sk-svcacct-${body(58)}T3BlbkFJ${body(58)}`),
  token("anthropic", "anthropic", `sk-ant-api03-${body(93)}AA`),
  token("groq", "groq", `gsk_${body(52)}`),
  token("huggingface", "huggingface", `hf_${body(34, letters)}`),
  token("linear", "linear", `lin_api_${body(40)}`),
  token("notion", "notion", `ntn_${digits(11)}${body(35)}`),
  token("1password", "1password", `ops_${opsBody}`),
  token("vault", "hashicorp-vault", `hvs.${body(95)}`),
  token("vault", "hashicorp-vault", `hvb.${body(160)}`),
  token("vault", "hashicorp-vault", `hvr.${body(95)}`),
  token("vercel", "vercel", `vcp_${body(24)}`),
  token("databricks", "databricks", `dapi${hex(32)}`),
  token("docker", "docker", `dckr_pat_${body(27)}`),
  token("figma", "figma", `figd_${body(40)}`),
  token("cloudflare", "cloudflare", `cfut_${body(40)}${hex(8)}`),
  token("tailscale", "tailscale", `tskey-auth-${body(17)}-${body(32)}`),
  {
    kind: "database",
    rule: "database-connection-string",
    secret: "Tr0ub4dor+3",
    text: "DATABASE_URL=postgres://app:Tr0ub4dor+3@db.internal:5432/app",
  },
  {
    kind: "database",
    rule: "database-connection-string",
    secret: "s3cr'et\"x!",
    text: "mongodb+srv://app:s3cr'et\"x!@cluster0.mongodb.net/app?retryWrites=true",
  },
  {
    kind: "database",
    rule: "database-connection-string",
    secret: "hunter2hunter",
    text: "jdbc:mysql://svc:hunter2hunter@10.0.0.7/app",
  },
  {
    kind: "basic-auth",
    rule: "basicauth",
    secret: "h1dden-value",
    text: "git clone https://deploy:h1dden-value@git.example.org/a.git",
  },
  { kind: "private-key", rule: "privatekey", secret: pemBody.join("\n"), text: `key:\n${pem}\nend` },
];

/** Lines of a private key, each of which gives a part of it away. */
export const keyLines: readonly string[] = pemBody;
export const privateKey = pem;

/** What looks a little like a credential and is none; neither scanner takes it. */
export const harmless: readonly string[] = [
  "AKIAIOSFODNN7EXAMPLE",
  "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  "ghp_short and xghp_ and npm_install and hf_model",
  "//registry.npmjs.org/:_authToken=${NPM_TOKEN}",
  "postgres://user:${PASSWORD}@host/db and mysql://root:root@localhost/x",
  "https://example.com/a:b@c and mailto:someone@example.com",
  "https://user:aaaa@example.com/x and postgres://app:password@localhost/app",
  "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
  "the PRIVATE KEY is in the vault; BEGIN and END are words",
  "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAfIewK38kcwXzw4hGLZW3ne/nmNpg+USvaYrIsfp1KZU=\n-----END PUBLIC KEY-----",
  "sk-ant-api03-short, SG.x, dapi123, tskey-auth, vault hvs.short",
  "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
];
