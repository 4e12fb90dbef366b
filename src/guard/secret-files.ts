import type { Facts, Span } from "../core/action.ts";
import { matchesAny } from "../core/glob.ts";
import { nameSet } from "./command-line.ts";
import { once } from "./once.ts";
import { below, normalize, resolvePath, temporary, within } from "./paths.ts";
import { hole } from "./shell/shell.ts";
import type { Scene } from "./rule.ts";
import { maySend, uploadsOf } from "./upload.ts";

/** A file that an action reads, with the program that does it. */
export interface FileRead {
  readonly path: string;
  readonly by: string;
  /** Whether its content is shown or goes into another file, and not only somewhere else in place. */
  readonly shows: boolean;
  readonly index: number;
  readonly span?: Span;
}

/** Files that the effects read: those that the reading knows, and those among the arguments of programs that read files. */
export const filesRead = once(({ effects, facts }: Pick<Scene, "effects" | "facts">): readonly FileRead[] => {
  const uploads = new Map(uploadsOf(effects).map((upload) => [upload.index, upload.files]));
  return effects.flatMap((effect, index): readonly FileRead[] => {
    const span = effect.span === undefined ? {} : { span: effect.span };
    if (effect.kind === "read") {
      const path = effect.path ?? effect.under;
      return path === undefined ? [] : [{ path, by: effect.by ?? "", shows: true, index, ...span }];
    }
    if (effect.kind !== "execute" || effect.program === undefined) return [];
    const { program, cwd } = effect;
    if (!mayRead(program)) return [];
    const words = effect.words ?? effect.args.map((arg) => arg ?? hole);
    const shows = !moving.test(program) && !sending.test(program);
    // Code that opens files by name: those of the home folder are what matters here.
    const opened = interpreters.test(program)
      ? [...`${words.join("\n")}\n${effect.input ?? ""}`.matchAll(/["'`](~\/[\w./-]{2,100})["'`]/g)].map(
          (match) => match[1] ?? "",
        )
      : [];
    // Of what is given to a program that sends, only the files that go out are read; certificates and keys are used.
    const sent = uploads.get(index) ?? [];
    const addressed = /^(curl|wget)$/.test(program)
      ? words.flatMap((word) => (word.startsWith("file://") ? [word.slice(7)] : []))
      : [];
    return [...new Set([...namedBy(program, words), ...sent, ...addressed, ...opened])].flatMap((word) => {
      const path = pathOf(word, cwd, facts);
      return path === undefined ? [] : [{ path, by: program, shows, index, ...span }];
    });
  });
});

/** Whether a program may read a file that stands among its arguments. */
export function mayRead(program: string): boolean {
  return (
    reading.has(program) ||
    moving.test(program) ||
    copying.test(program) ||
    program === "openssl" ||
    interpreters.test(program) ||
    maySend(program)
  );
}

const moving = /^(cp|mv|ln|install|rsync|scp)$/;
const sending = /^(curl|wget|http|https|xh|aws|gsutil|gcloud|gh|rclone)$/;
const reading = nameSet(
  "cat gcat tac nl bat batcat less more most head tail xxd od hexdump strings base64 base32 grep egrep fgrep rg ag ack awk gawk mawk sed gsed cut sort uniq paste rev fold jq yq diff cmp comm vimdiff vi vim nano emacs code open xclip pbcopy tar zip 7z gzip gunzip xz bzip2 gpg age sops dd split column tr look dotenv iconv uuencode qrencode",
);
const interpreters = /^(python[\d.]*|node|nodejs|bun|deno|ruby|perl|php)$/;
const copying = /^(docker|podman|kubectl)$/;

/** Words that name files which a program reads. */
function namedBy(program: string, words: readonly string[]): readonly string[] {
  const operands = words.filter((word) => !word.startsWith("-"));
  // `grep -q` and its like tell whether, not what.
  if (
    /^(e|f)?grep$|^rg$/.test(program) &&
    words.some((word) => /^-[a-zA-Z]*[qcLl][a-zA-Z]*$|^--(quiet|count|files.*)$/.test(word))
  )
    return [];
  if (
    /^g?sed$/.test(program) &&
    words.some((word) => /^-i|^--in-place|=\.\*\/\//.test(word) || word.includes("=.*"))
  )
    return [];
  if (program === "cut" && words.some((word) => /^-f1$|^1$/.test(word))) return [];
  if (reading.has(program)) return operands;
  if (moving.test(program)) return operands.slice(0, -1);
  if (copying.test(program)) return operands[0] === "cp" ? operands.slice(1, -1) : [];
  if (program === "openssl") {
    const at = words.findIndex((word) => word === "-in" || word === "-inkey");
    return /^(rsa|pkey|ec|dsa|pkcs8|pkcs12|enc|base64)$/.test(words[0] ?? "") && at >= 0
      ? [words[at + 1] ?? ""]
      : [];
  }
  return [];
}

function pathOf(word: string, cwd: string | undefined, facts: Facts): string | undefined {
  if (word.length > 4096 || word.includes("\n")) return undefined;
  const text = word.replace(/^--?[\w-]+=/, "").replace(/^~(?=\/|$)/, facts.home ?? "~");
  const cut = text.indexOf(hole);
  const known = cut < 0 ? text : `${text.slice(0, cut)}*`;
  return /^[\w@./~+*?[\]{}, -]+$/.test(known) && known !== "*" ? resolvePath(known, cwd) : undefined;
}

/** What a file holds that nobody else may see. `key`: private keys and credentials. `env`: settings with secrets among them. */
export function secretKind(path: string, facts: Facts): "key" | "history" | "env" | undefined {
  const full = normalize(path);
  const name = full.slice(full.lastIndexOf("/") + 1);
  if (isEnvFile(name)) return "env";
  const home = [facts.home, /^\/(?:home|Users)\/[^/]+|^\/root/.exec(full)?.[0]].find(
    (folder) => folder !== undefined && below(full, folder),
  );
  const inTree = facts.worktree !== undefined && within(full, facts.worktree);
  if (home !== undefined && !inTree) {
    const rel = full.slice(home.length + 1);
    if (
      /^\.(ba|z)?sh_history$|^\.local\/share\/fish\/fish_history$|^\.(python|psql|mysql|node_repl)_history$/.test(
        rel,
      )
    )
      return "history";
    if (harmlessInHome.test(rel)) return undefined;
    if (homeSecrets.test(rel)) return "key";
  }
  if (systemSecrets.test(full)) return "key";
  if (temporary(full, facts) || /\/(node_modules|fixtures?|testdata|test-data|__fixtures__)\//.test(full))
    return undefined;
  return keyName.test(name) ? "key" : undefined;
}

/** Whether a file's name is that of settings for the environment, and not of an example of them. */
export function isEnvFile(name: string): boolean {
  // A pattern that begins with a dot may mean it: others do not reach dot files.
  if (/^\.[^*?[]/.test(name) && /[*?[]/.test(name) && mayMeanEnv(name) && matchesAny(".env", [name]))
    return true;
  if (/^(?!example|sample|template|test|default)[\w-]+\.env$/.test(name)) return true;
  return /^\.env(rc)?$|^\.env\.(?!.*(example|sample|template|tmpl|dist|defaults?|schema|test|testing|ci|d\.ts)$)[\w.-]+$/.test(
    name,
  );
}

/** What stands before and behind the signs of a pattern must be there as it stands; compiling one takes long. */
function mayMeanEnv(pattern: string): boolean {
  const [head = ""] = pattern.split(/[^\w.]/, 1);
  const tail = /[\w.]*$/.exec(pattern)?.[0] ?? "";
  return ".env".startsWith(head) && ".env".endsWith(tail);
}

const keyName =
  /^(id_(rsa|dsa|ecdsa|ed25519)(_sk)?([_.-](?!.*pub$)\w+)?|.*\.(p12|pfx|kdbx|ppk|keystore)|[\w.-]*(private|secret)[\w-]*\.(key|pem)|[\w.-]*[-_.]?(priv)?key\.pem|[\w-]+\.key|service[-_]?account[\w-]*\.json|client_secret[\w.-]*\.json|credentials\.json|wallet\.dat)$/i;

const harmlessInHome =
  /^\.ssh\/(config|known_hosts[\w.]*|authorized_keys\d?|[\w.*-]+\.pub|config\.d\/.*)$|^\.docker\/(?!config\.json)|^\.aws\/(config|cli\/.*)$|^\.kube\/cache\//;

const homeSecrets =
  /^\.ssh(\/.*)?$|^\.aws(\/(credentials.*|sso\/.*|\*.*))?$|^\.config\/gcloud(\/.*)?$|^\.azure(\/(msal_token_cache|accessTokens|service_principal|azureProfile|\*).*)?$|^\.kube(\/(config.*|\*.*))?$|^\.docker\/config\.json$|^\.netrc$|^_netrc$|^\.git-credentials$|^\.config\/git\/credentials$|^\.config\/(gh|glab-cli|hub)(\/.*)?$|^\.gnupg(\/(private-keys.*|secring.*|\*.*))?$|^\.password-store(\/.*)?$|^\.vault-token$|^\.terraform\.d\/credentials.*$|^\.terraformrc$|^\.pgpass$|^\.my\.cnf$|^\.databrickscfg$|^\.config\/(op|rclone|doctl|heroku|flyctl|hcloud|netlify|vercel)(\/.*)?$|^\.(s3cfg|boto|oci\/config|snowsql\/config)$|^\.oci(\/.*)?$|^\.fly\/config\.yml$|^\.mozilla\/.*(logins\.json|key4\.db|cookies\.sqlite)$|^\.config\/(google-chrome|chromium|BraveSoftware|microsoft-edge)\/.*(Login Data|Cookies|Local State)$|^Library\/Keychains(\/.*)?$|^Library\/Application Support\/.*(Login Data|Cookies|key4\.db|logins\.json)$|^\.local\/share\/keyrings(\/.*)?$|^\.(electrum|bitcoin|ethereum)(\/.*)?$|^\.config\/solana\/id\.json$|^\.claude\/\.credentials\.json$|^\.codex\/auth\.json$|^\.gemini\/oauth_creds\.json$|^\.qwen\/oauth_creds\.json$|^\.local\/share\/opencode\/auth\.json$|^\.config\/github-copilot(\/.*)?$/;

const systemSecrets =
  /^\/etc\/(shadow-?|gshadow-?|sudoers(\.d\/.*)?|ssl\/private(\/.*)?|ssh\/ssh_host_\w+_key|krb5\.keytab|kubernetes\/(admin|kubelet|.*\.key).*|rancher\/k3s\/k3s\.yaml)$|^\/proc\/[\w*]+\/environ$|^\/(var\/)?run\/secrets(\/.*)?$|^\/Library\/Keychains(\/.*)?$/;
