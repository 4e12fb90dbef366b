import type { Invocation } from "./argv.ts";
import { commandLine, given, nameSet } from "./command-line.ts";

/** Programs that can print a credential. */
export const tokenPrograms = nameSet(
  "gh glab gcloud aws az vault op pass gopass security secret-tool keyring kubectl oc heroku doppler bw lpass gpg printenv docker-credential-osxkeychain doctl flyctl fly chamber infisical terraform tofu",
);

const secretName =
  /(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|PRIVATE_KEY|ACCESS_KEY|CREDENTIALS?)(_|$)|_PAT$|_KEY$/;

/** Whether a program's answer is a credential in plain text. */
export function printsToken(invocation: Invocation): boolean {
  const line = commandLine(invocation, nameSet("n namespace context R repo profile region o output s a"));
  const text = line.words.join(" ");
  switch (invocation.program) {
    case "gh":
    case "glab":
      return /^auth token\b/.test(text) || (/^auth status\b/.test(text) && given(line, "t", "show-token"));
    case "gcloud":
      return /^auth( application-default)? print-(access|identity)-token\b|^secrets versions access\b/.test(
        text,
      );
    case "aws":
      return (
        /^secretsmanager (get-secret-value|batch-get-secret-value)\b|^configure (get .*(secret|token|key)|export-credentials)\b|^sts (get-session-token|assume-role\b|get-federation-token)|^ecr get-authorization-token|^iam create-access-key/.test(
          text,
        ) ||
        (text.startsWith("ssm get-parameter") && given(line, "with-decryption"))
      );
    case "az":
      return /^account get-access-token\b|^keyvault (secret (show|download)|key download)\b|^storage account keys list\b|^acr credential show\b/.test(
        text,
      );
    case "vault":
      return /^(kv get|read|token create|print token|unwrap)\b/.test(text);
    case "op":
      return /^(read|item get|document get)\b/.test(text);
    case "pass":
    case "gopass":
      return text !== "" && !/^(ls|list|init|version|find|help|git|insert|generate|rm|edit)\b/.test(text);
    case "security":
      return (
        (/^find-(generic|internet)-password\b/.test(text) && given(line, "w", "g")) ||
        /^(dump-keychain|export)\b/.test(text)
      );
    case "terraform":
    case "tofu":
      return (
        /^output\b/.test(text) &&
        given(line, "raw", "json") &&
        line.words.slice(1).some((word) => secretName.test(word.toUpperCase()))
      );
    case "secret-tool":
      return line.words[0] === "lookup";
    case "keyring":
      return line.words[0] === "get";
    case "kubectl":
    case "oc":
      return (
        (/^get (secrets?|secret\/.*)\b/.test(text) &&
          (line.options.get("o") ?? line.options.get("output") ?? []).some(
            (form) => !/^(name|wide)/.test(form),
          )) ||
        (/^whoami\b/.test(text) && given(line, "t", "show-token")) ||
        /^create token\b/.test(text) ||
        (/^config view\b/.test(text) && given(line, "raw"))
      );
    case "heroku":
      return /^(config(:get)?|auth:token)\b/.test(text);
    case "doppler":
      return (
        /^secrets( download| get)?\b/.test(text) &&
        !/^secrets (set|delete|upload)/.test(text) &&
        !given(line, "only-names")
      );
    case "infisical":
      return /^(secrets|export)\b/.test(text);
    case "chamber":
      return /^(read|export|env)\b/.test(text);
    case "bw":
      return /^(get|export|list items)\b/.test(text);
    case "lpass":
      return /^(show|export)\b/.test(text);
    case "gpg":
      return line.options.has("export-secret-keys") || line.options.has("export-secret-subkeys");
    case "doctl":
    case "flyctl":
    case "fly":
      return /^auth token\b/.test(text);
    case "printenv":
      return line.words.some((word) => secretName.test(word));
    default:
      return /^get\b/.test(text);
  }
}
