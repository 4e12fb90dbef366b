import type { Effect } from "../core/action.ts";
import { hostOf, isLocal } from "./address.ts";
import { nameSet } from "./command-line.ts";
import { hole } from "./shell/shell.ts";

const usualHosts =
  /^(registry\.npmjs\.org|registry\.yarnpkg\.com|pypi\.org|files\.pythonhosted\.org|test\.pypi\.org|download\.pytorch\.org|crates\.io|index\.crates\.io|rubygems\.org|proxy\.golang\.org|crates-io)$/;

/** Whether packages usually come from there. */
export function usual(source: string): boolean {
  if (source.includes(hole) && hostOf(source) === undefined) return true;
  if (/^(\.{0,2}\/|~)/.test(source) && !/\.(deb|rpm|apk)$/.test(source)) return true;
  const host = hostOf(source);
  return host !== undefined && (usualHosts.test(host) || isLocal(host));
}

/** An address without user name and password. */
export function shown(source: string): string {
  return source.replace(/\/\/[^/@]*@/, "//").slice(0, 80);
}

/** Programs whose settings say where packages come from. */
export const configurable = nameSet(
  "npm pnpm yarn pip pip3 gem poetry add-apt-repository apt-add-repository brew go composer dotnet cpanm cpan apt-key",
);

export function changesSources(program: string, args: readonly (string | undefined)[]): boolean {
  const text = args.map((arg) => arg ?? hole).join(" ");
  const address = /https?:\/\/[^\s"']+/.exec(text)?.[0];
  const elsewhere = address === undefined || !usual(address);
  switch (program) {
    case "npm":
    case "pnpm":
    case "yarn":
      return /^config set (--\S+ )*(\S*registry|npmRegistryServer)\b/i.test(text) && elsewhere;
    case "pip":
    case "pip3":
      return /^config set \S*(index-url|extra-index-url|trusted-host|find-links)/.test(text) && elsewhere;
    case "gem":
      return /^sources? .*(-a|--add)\b/.test(text) && elsewhere;
    case "poetry":
      return /^source add\b/.test(text);
    case "add-apt-repository":
    case "apt-add-repository":
      return !/^(-h|--help|-L|--list)\b/.test(text);
    case "brew":
      return /^tap \S+ \S+/.test(text);
    case "go":
      return /^env -w .*\bGO(PROXY|NOSUMDB|NOSUMCHECK|INSECURE)=/.test(text);
    case "composer":
      return /^config (-g )?repositor(y|ies)\./.test(text) && elsewhere;
    case "dotnet":
      return /^(add (\S+ )?package|tool install|nuget add source) .*(https?:)/.test(text) && elsewhere;
    case "cpanm":
    case "cpan":
      return address !== undefined && elsewhere;
    case "apt-key":
      return /^(add|adv)\b/.test(text);
    default:
      return false;
  }
}

/** A registry that a variable sets, or a check that it turns off. */
export interface Registered {
  readonly says: string;
  readonly place?: string;
  readonly effect: Effect;
}

const programs = /^(go|pip[\d.]*|uv|uvx|poetry|pipx|npm|npx|pnpm|yarn|bun|python[\d.]*)$/;

export function readsRegistryVariables(program: string): boolean {
  return programs.test(program);
}

/** Variables by which a package manager is told to fetch from somewhere else, or to trust what it fetches. */
export function registryVariables(effects: readonly Effect[]): readonly Registered[] {
  return effects.flatMap((effect): readonly Registered[] => {
    if (effect.kind !== "execute" || effect.env === undefined || !programs.test(effect.program ?? ""))
      return [];
    return Object.entries(effect.env).flatMap(([name, value]): readonly Registered[] => {
      if (/^GO(SUMDB|NOSUMDB|NOSUMCHECK|INSECURE)$/.test(name) && (name !== "GOSUMDB" || value === "off"))
        return value === "" ? [] : [{ says: "it turns off the check of what is fetched", effect }];
      if (name === "GOFLAGS")
        return /-insecure\b/.test(value)
          ? [{ says: "it turns off the check of what is fetched", effect }]
          : [];
      const place = /https?:\/\/[^\s,|]+/.exec(value)?.[0];
      return place === undefined || !fetching.test(name)
        ? []
        : [{ says: "it changes where packages come from", place, effect }];
    });
  });
}

const fetching = /^GOPROXY$|INDEX|REGISTRY/i;
