/** How one kind of credential looks. Group 1, where there is one, is the secret itself. */
export interface SecretPattern {
  readonly kind: string;
  /** Texts of which one must occur, as they stand, before the pattern is tried: most output holds none of them. */
  readonly needles: readonly string[];
  readonly pattern: RegExp;
  /** Looks at the whole match once more. */
  readonly accept?: (match: RegExpExecArray) => boolean;
}

/**
 * What secretlint's recommended preset (13.0) finds, kind by kind; `test/unit/ledger/secret-patterns.test.ts` holds
 * the two together. The lengths are those that the issuers document. Where the preset leaves credentials alone that
 * merely look like examples, these patterns may still take them: too much is only a nuisance. Binary key stores (PKCS#12)
 * are no text and are not looked for.
 * Every repetition is bounded, so that the time grows with the text alone.
 */
export const secretPatterns: readonly SecretPattern[] = [
  {
    kind: "aws",
    needles: ["A3T", "AKIA", "AGPA", "AIDA", "AROA", "AIPA", "ANPA", "ANVA", "ASIA"],
    pattern: /\b(?:A3T[A-Z0-9]|AKIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ASIA)[A-Z0-9]{16}\b/g,
    accept: ([id]) => id !== "AKIAIOSFODNN7EXAMPLE",
  },
  {
    kind: "aws",
    needles: ["SECRET", "secret", "Secret"],
    pattern:
      /secret_?access_?key["']?\s{0,20}(?::|=>|=)\s{0,20}["']?([A-Za-z0-9/+=]{40})(?![A-Za-z0-9/+=])/gi,
    accept: ([, key]) => key !== "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  },
  {
    kind: "npm",
    needles: ["_authToken="],
    pattern: /_authToken=([^\s$"'\\][^\s"'\\]{0,2000})/g,
    accept: isNew,
  },
  prefixed("npm", ["npm_"], /[A-Za-z0-9_]{36}/, /[A-Za-z0-9_]/),
  {
    kind: "npm",
    needles: [":x-oauth-basic@github.com/"],
    pattern: /https?:\/\/([^\s/]{1,256}):x-oauth-basic@github\.com\//g,
    accept: isNew,
  },
  {
    kind: "slack",
    needles: ["xoxb-", "xoxp-", "xapp-", "xoxa-", "xoxo-", "xoxr-"],
    pattern: /\b(?:xox[abopr]|xapp)-(?:[A-Za-z0-9]{1,40}-){1,20}[A-Za-z0-9]{1,40}\b/g,
  },
  {
    kind: "slack",
    needles: ["/services/T", "/SERVICES/T", "/services/t"],
    pattern:
      /https:\/\/hooks\.slack\.com\/services\/(T[A-Za-z0-9]{1,40}\/B[A-Za-z0-9]{1,40}\/[A-Za-z0-9]{1,40})/gi,
  },
  {
    kind: "sendgrid",
    needles: ["SG."],
    pattern: /(?<!\p{L})SG\.\w{1,128}\.\w{1,128}[-_]?\w{1,128}(?:-\w{1,128})?(?!\w)/gu,
  },
  prefixed("shopify", ["shppa_", "shpca_", "shpat_", "shpss_"], /[A-Za-z0-9]{32,64}/, /[A-Za-z0-9]/),
  prefixed("stripe", ["sk_live_", "rk_live_", "sk_test_", "rk_test_"], /[A-Za-z0-9]{24,99}/, /[A-Za-z0-9]/),
  prefixed("github", ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], /[A-Za-z0-9_]{36}/, /[A-Za-z0-9_]/),
  prefixed("github", ["github_pat_"], /[A-Za-z0-9_]{82}/, /[A-Za-z0-9_]/),
  prefixed(
    "github",
    ["ghs_"],
    /[0-9]{1,20}_[A-Za-z0-9_-]{1,1000}\.[A-Za-z0-9_-]{1,10000}\.[A-Za-z0-9_-]{1,1000}/,
    /[A-Za-z0-9_-]/,
  ),
  prefixed("gitlab", ["glpat-"], /[A-Za-z0-9_-]{20,128}/, /[A-Za-z0-9_-]/),
  prefixed("grafana", ["glc_"], /[A-Za-z0-9+/]{32,400}={0,2}/, /[A-Za-z0-9+/=]/),
  prefixed("grafana", ["glsa_"], /[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}/, /[A-Fa-f0-9]/),
  {
    kind: "openai",
    needles: ["T3BlbkFJ"],
    pattern:
      /sk-(?:(?:proj|svcacct|admin)-(?:[\w-]{74}|[\w-]{58})T3BlbkFJ(?:[\w-]{74}|[\w-]{58})\b|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})/g,
  },
  prefixed("anthropic", ["sk-ant-api0"], /\d-[A-Za-z0-9_-]{90,128}AA/, /[A-Za-z0-9_-]/),
  prefixed("groq", ["gsk_"], /[A-Za-z0-9]{52}/, /[A-Za-z0-9]/),
  prefixed("huggingface", ["hf_"], /[A-Za-z]{34}/, /[A-Za-z]/),
  prefixed("linear", ["lin_api_"], /[A-Za-z0-9_]{32,128}/, /[A-Za-z0-9_]/),
  prefixed("notion", ["ntn_"], /[0-9]{11}[A-Za-z0-9]{35}/, /[A-Za-z0-9]/),
  prefixed("1password", ["ops_"], /ey[A-Za-z0-9+/=]{100,1280}fQ={0,2}/, /[A-Za-z0-9+/=]/),
  prefixed("vault", ["hvs.", "hvr."], /[A-Za-z0-9_-]{90,120}/, /[A-Za-z0-9_-]/),
  prefixed("vault", ["hvb."], /[A-Za-z0-9_-]{138,300}/, /[A-Za-z0-9_-]/),
  prefixed("vercel", ["vcp_", "vci_", "vca_", "vcr_", "vck_"], /[A-Za-z0-9]{20,60}/, /[A-Za-z0-9]/),
  prefixed("databricks", ["dapi"], /[A-Fa-f0-9]{32}(?:-[0-9])?/, /[A-Fa-f0-9]/),
  prefixed("docker", ["dckr_pat_"], /[A-Za-z0-9_-]{27}/, /[A-Za-z0-9_-]/),
  prefixed("figma", ["figd_"], /[A-Za-z0-9_-]{40,200}/, /[A-Za-z0-9_-]/),
  prefixed("cloudflare", ["cfk_", "cfut_", "cfat_"], /[A-Za-z0-9]{40}[0-9a-f]{8}/, /[A-Za-z0-9]/),
  prefixed("tailscale", ["tskey-"], /[a-z]{2,20}-[0-9A-Za-z_]{8,40}-[0-9A-Za-z_]{16,60}/, /[0-9A-Za-z_]/),
  {
    kind: "database",
    needles: ["://"],
    pattern:
      /(?:mongodb(?:\+srv)?|mysqlx?|postgres(?:ql)?):\/\/(?<user>[^:/\s]{1,100}):(?<password>[^@/\s]{1,200})@/dgi,
    accept: (match) => isNew(match) && isCredential(match.groups),
  },
  {
    kind: "basic-auth",
    needles: ["://"],
    pattern:
      /\b[a-z][a-z0-9+.-]{1,20}:\/\/(?<user>[^\s:/@"'<>\\]{1,256}):(?<password>[^\s/@"'<>\\]{1,256})@/dgi,
    accept: (match) => isNew(match) && isCredential(match.groups),
  },
];

// A token with a prefix of its own: no letter stands before it, and it is not part of something longer.
function prefixed(kind: string, prefixes: readonly string[], body: RegExp, more: RegExp): SecretPattern {
  const start = prefixes.map((prefix) => prefix.replaceAll(".", "\\.")).join("|");
  let made: RegExp | undefined;
  return {
    kind,
    needles: prefixes,
    // Most texts hold none of the prefixes, and most processes see few texts.
    get pattern() {
      made ??= new RegExp(`(?<!\\p{L})(?:${start})${body.source}(?!${more.source})`, "gu");
      return made;
    },
  };
}

function isNew([match]: RegExpExecArray): boolean {
  return !match.includes("[redacted:");
}

// Not worth hiding: a name of a variable, a single repeated character, the words that examples use.
function isCredential(groups: Readonly<Record<string, string>> | undefined): boolean {
  const { user = "", password = "" } = groups ?? {};
  return (
    password.length >= 4 &&
    user !== password &&
    !/\$\{[^}]{1,50}\}|\{[^}]{1,50}\}|%[A-Z_]{1,30}%|\$[A-Z_]{1,30}/.test(password) &&
    !/^(.)\1+$/.test(password) &&
    !["password", "mypassword", "your_password", "replace_with_password"].includes(password.toLowerCase())
  );
}
