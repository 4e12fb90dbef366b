/**
 * What a plain `git push` would update, as in `origin/main`, from the settings that git gives: every `push.*`,
 * `remote.*` and `branch.*`, in order. Empty where git would refuse for want of a place to go, `"unknown"` where it may
 * update more than the current branch (git-config(1), `push.default`).
 */
export function pushTarget(current: string, settings: readonly Setting[]): string {
  // The last one wins, as with git.
  const last = new Map(settings.map(({ key, value }) => [key, value]));
  const mode = last.get("push.default") ?? "simple";
  const many = (key: string): boolean => /^remote\..*\.(push|mirror)$/s.test(key);
  if (mode === "matching" || settings.some(({ key, value }) => many(key) && value !== "false"))
    return "unknown";
  if (current === "HEAD" || mode === "nothing") return "";

  const own = last.get(`branch.${current}.remote`);
  const fetched = own ?? onlyRemote(settings) ?? "origin";
  const pushed = last.get(`branch.${current}.pushremote`) ?? last.get("remote.pushdefault") ?? fetched;
  const sameName = `${pushed}/${current}`;
  const merge = own === undefined ? undefined : last.get(`branch.${current}.merge`);
  const upstream = merge?.replace(/^refs\/heads\//, "");
  switch (mode) {
    case "current":
      return sameName;
    case "upstream":
    case "tracking":
      return upstream === undefined || pushed !== fetched ? "" : `${pushed}/${upstream}`;
    case "simple":
      if (pushed !== fetched) return sameName;
      if (upstream === undefined) return last.get("push.autosetupremote") === "true" ? sameName : "";
      return upstream === current ? sameName : "";
    default:
      // git itself stops at a mode that it does not know.
      return "unknown";
  }
}

export interface Setting {
  /** Section and name in lower case, as git prints them. */
  readonly key: string;
  /** `true` where the key stands alone. */
  readonly value: string;
}

/** The output of `git config --null`. */
export function readSettings(output: string): readonly Setting[] {
  return output.split("\0").flatMap((item) => {
    if (item === "") return [];
    const cut = item.indexOf("\n");
    return cut === -1
      ? [{ key: item, value: "true" }]
      : [{ key: item.slice(0, cut), value: item.slice(cut + 1) }];
  });
}

function onlyRemote(settings: readonly Setting[]): string | undefined {
  const names = new Set(settings.flatMap(({ key }) => /^remote\.(.+)\.[^.]+$/s.exec(key)?.[1] ?? []));
  return names.size === 1 ? [...names][0] : undefined;
}
