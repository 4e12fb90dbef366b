import { matchesWildcard } from "./wildcard.ts";

/** Whether an address, in whichever form a program takes it, is on one of the hosts; a pattern may name a port. */
export function onHost(target: string | undefined, patterns: readonly string[]): boolean {
  if (target === undefined) return false;
  const { host, port } = placeOf(target.toLowerCase());
  return patterns.some((pattern) => {
    const wanted = pattern.toLowerCase();
    return matchesWildcard(host, wanted) || (port !== "" && matchesWildcard(`${host}:${port}`, wanted));
  });
}

function placeOf(target: string): { readonly host: string; readonly port: string } {
  // `scheme://user@host:port/path`, `user@host:path` and `host:port`, with an IPv6 address in brackets.
  const found =
    /^(?:[a-z][a-z0-9+.-]{0,30}:\/\/)?(?:[^/@]{0,500}@)?(\[[0-9a-f:.]{2,60}\]|[^/:?#]{1,300})(?::(\d{1,5})(?![\d/]*[a-z]))?/.exec(
      target,
    );
  return { host: (found?.[1] ?? target).replace(/^\[|\]$|\.$/g, ""), port: found?.[2] ?? "" };
}
