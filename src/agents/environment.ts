import type { Host } from "../core/ports.ts";

/** Variables that any program needs to find its way; nothing else of the user's environment reaches an agent. */
const common = [
  "PATH",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "TERM",
  "TZ",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "ALL_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "all_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "NODE_EXTRA_CA_CERTS",
] as const;

/** The agent's whole environment: the common variables, the named ones where they are set, a home of its own. */
export function environmentFor(
  env: Host["env"],
  home: string,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const passed = [...common, ...names].flatMap((name) => {
    const value = env[name];
    return value === undefined || value === "" ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passed), HOME: home };
}
