/** The host that an address names, in lower case; `undefined` where it cannot be known. */
export function hostOf(address: string): string | undefined {
  const bare = address.replace(/^[\w+.-]+:\/\//, "").replace(/^[^/?#@]*@/, "");
  const host = /^(\[[^\]]*\]|[^/?#:]*)/.exec(bare)?.[0] ?? "";
  return host === "" || /[\uE000\uE001]/.test(host) ? undefined : host.toLowerCase().replace(/\.$/, "");
}

/** Whether a host is this machine or a network of its own. */
export function isLocal(host: string): boolean {
  return (
    (/^(localhost|.*\.(localhost|local|test|internal|lan)|host\.docker\.internal|0\.0\.0\.0|0|\[?::1?\]?)$/.test(
      host,
    ) &&
      !host.startsWith("metadata.")) ||
    /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)[\d.]+$/.test(host)
  );
}

/** Hosts that take whatever anybody sends and show it to whoever knows the address. */
export function isDropPoint(host: string): boolean {
  return dropPoints.some((name) => host === name || host.endsWith(`.${name}`));
}

const dropPoints = [
  "0x0.st",
  "anonfiles.com",
  "bashupload.com",
  "beeceptor.com",
  "burpcollaborator.net",
  "catbox.moe",
  "ceye.io",
  "dnslog.cn",
  "dpaste.com",
  "dpaste.org",
  "file.io",
  "gofile.io",
  "hastebin.com",
  "hookbin.com",
  "interact.sh",
  "ix.io",
  "ngrok-free.app",
  "ngrok.app",
  "ngrok.io",
  "oast.fun",
  "oast.live",
  "oast.me",
  "oast.online",
  "oast.pro",
  "oast.site",
  "oastify.com",
  "oshi.at",
  "paste.ee",
  "paste.rs",
  "pastebin.com",
  "pipedream.net",
  "requestbin.com",
  "requestbin.net",
  "requestcatcher.com",
  "rentry.co",
  "sprunge.us",
  "temp.sh",
  "termbin.com",
  "tmpfiles.org",
  "transfer.sh",
  "trycloudflare.com",
  "webhook.site",
  "wetransfer.com",
];

/** Installers that projects tell everybody to pipe into a shell. */
export function isKnownInstaller(address: string): boolean {
  const bare = address.replace(/^https:\/\//, "");
  return !/^\w+:\/\//.test(bare) && installers.test(bare);
}

const installers =
  /^(sh\.rustup\.rs|get\.docker\.com|install\.python-poetry\.org|astral\.sh\/(uv|ruff)|bun\.sh\/install|bun\.com\/install|deno\.land\/(x\/)?install|get\.pnpm\.io|fnm\.vercel\.app|get\.sdkman\.io|get\.volta\.sh|mise\.run|starship\.rs\/install|get\.helm\.sh|nixos\.org\/nix\/install|install\.determinate\.systems|cli\.github\.com|dl\.yarnpkg\.com|deb\.nodesource\.com|pyenv\.run|bootstrap\.pypa\.io\/get-pip\.py|raw\.githubusercontent\.com\/(nvm-sh\/nvm|Homebrew\/install|helm\/helm|pyenv\/pyenv-installer|rbenv\/rbenv-installer|ohmyzsh\/ohmyzsh|golangci\/golangci-lint|k3d-io\/k3d)\/)(?=[/?#]|$|(?<=\/))/;

/** Addresses at which a cloud gives a machine its credentials, in every spelling that resolves to them. */
export const metadataAddress =
  /169\.254\.169\.254|169\.254\.170\.2\b|169\.254\.170\.23|fd00:ec2::(254|23)|metadata\.google\.internal|100\.100\.100\.200|192\.0\.0\.192|\b2852039166\b|\b0xa9fea9fe\b|\b0251\.0376\.0251\.0376\b|metadata\.packet\.net|\binstance-data\b|::ffff:a9fe:a9fe/i;
