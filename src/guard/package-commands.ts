import type { Effect, Span } from "../core/action.ts";
import { invocations } from "./argv.ts";
import type { Invocation } from "./argv.ts";
import {
  asksHelp,
  commandLine,
  given,
  nameSet,
  optionValue,
  optionValues,
  triesOnly,
} from "./command-line.ts";
import type { CommandLine } from "./command-line.ts";
import { once } from "./once.ts";
import type { Registry } from "./popular-packages.ts";
import { hole } from "./shell/shell.ts";

/** Packages that a package manager is told to install. */
export interface Install {
  readonly registry: Registry | "system";
  readonly program: string;
  /** As they are given: names with versions, addresses, paths. */
  readonly specs: readonly string[];
  /** Whether it is for the whole machine or user, and not for one project. */
  readonly global: boolean;
  /** Other places that it looks in: registries, archives. */
  readonly sources: readonly string[];
  readonly span?: Span;
}

export function mayInstall(program: string): boolean {
  return managers.has(program);
}

/** Every install that the effects start. */
export const installsOf = once((effects: readonly Effect[]): readonly Install[] => {
  const started = invocations(effects, managers);
  if (started.length === 0) return [];
  const elevated = effects.some(
    (effect) => effect.kind === "execute" && /^(sudo|doas)$/.test(effect.program ?? ""),
  );
  return started.flatMap((invocation): readonly Install[] => {
    const { program, words } = asModule(invocation);
    const read = readers.get(program);
    if (read === undefined) return [];
    const line = commandLine({ words }, read.valued);
    if (asksHelp(line) || triesOnly(line)) return [];
    const found = read.read(line, program);
    if (found === undefined) return [];
    const { registry, specs, global = false, sources = [] } = found;
    return [
      {
        registry,
        program,
        specs: specs.filter((spec) => spec !== "" && !spec.startsWith("-")),
        global: global || (elevated && registry === "pypi" && (specs.length > 0 || line.options.has("r"))),
        sources,
        ...(invocation.span === undefined ? {} : { span: invocation.span }),
      },
    ];
  });
});

/** `python3 -m pip …` is `pip …`. */
export function asModule({ program, words }: Invocation): {
  readonly program: string;
  readonly words: readonly string[];
} {
  if (!/^(python|py|pypy)[\d.]*$/.test(program))
    return { program: program.replace(/^pip[\d.]+$/, "pip"), words };
  const at = words.indexOf("-m");
  return at < 0 ? { program, words } : { program: words[at + 1] ?? "", words: words.slice(at + 2) };
}

/** The bare name in a spec, without version, extras and address; `undefined` for what is no name of a registry. */
export function packageName(registry: Registry | "system", spec: string): string | undefined {
  if (spec.includes(hole) || isAddress(spec, registry) || isPath(spec)) return undefined;
  switch (registry) {
    case "npm": {
      const alias = /@npm:(.+)$/.exec(spec)?.[1] ?? spec.replace(/^npm:/, "");
      return /^(@[\w.~-]+\/[\w.~-]+|[\w.~-]+)(@.*)?$/.exec(alias)?.[1];
    }
    case "pypi":
      return /^([A-Za-z0-9][\w.-]*)(\[[^\]]*\])?\s*([<>=!~;@].*)?$/.exec(spec)?.[1];
    case "crates":
    case "gems":
      return /^([A-Za-z][\w-]*)([@:].*)?$/.exec(spec)?.[1];
    case "go":
      return /^([\w.-]+\.\w+\/[\w./-]+?)(\/v\d+)?(\/\.\.\.)?(@.*)?$/.exec(spec)?.[1];
    case "system":
      return undefined;
  }
}

/** Names that the lockfiles are asked about: `locked` ones are no news. */
export function packagesOf(effects: readonly Effect[]): readonly string[] {
  const names = installsOf(effects).flatMap(({ registry, specs }) =>
    specs.flatMap((spec) => packageName(registry, spec) ?? []),
  );
  return [...new Set(names)].slice(0, namesAtMost);
}

// Nobody types more names into one command; what goes beyond is judged by the shipped list alone.
const namesAtMost = 50;

/** Whether a spec names a place: an address, a repository on a hosting service. */
export function isAddress(spec: string, registry: Install["registry"]): boolean {
  return (
    /^[\w+.-]+:\/\/|^(git|github|gitlab|bitbucket|gist|git\+\w+|ssh|https?|jsr):|^git@|\s@\s|@git\+|@https?:/.test(
      spec,
    ) ||
    // npm takes `user/name` for a repository on GitHub.
    (registry === "npm" && /^[\w.-]+\/[\w.-]+(#.*)?$/.test(spec))
  );
}

function isPath(spec: string): boolean {
  return /^(\.{0,2}\/|~|file:|link:|workspace:|portal:|\.$|\.\[)|\.(tgz|whl|tar\.gz|gem|crate|deb|rpm|zip|apk)$/.test(
    spec,
  );
}

interface Found {
  readonly registry: Registry | "system";
  readonly specs: readonly string[];
  readonly global?: boolean;
  readonly sources?: readonly string[];
}

interface Reader {
  readonly valued: ReadonlySet<string>;
  readonly read: (line: CommandLine, program: string) => Found | undefined;
}

const node: Reader = {
  valued: nameSet(
    "prefix registry w workspace C tag omit include loglevel cache userconfig filter F dir location p package cwd",
  ),
  read(line, program) {
    // `yarn workspace api add x`
    const inside = line.words[0] === "workspace" ? line.words.slice(2) : line.words;
    const [verb = "", ...rest] = inside;
    const sources = optionValues(line, "registry");
    if (program === "npx" || program === "bunx") {
      const named = optionValues(line, "package", "p");
      return { registry: "npm", specs: named.length > 0 ? named : line.words.slice(0, 1), sources };
    }
    if (program === "yarn" && verb === "global")
      return rest[0] === "add" ? { registry: "npm", specs: rest.slice(1), global: true, sources } : undefined;
    if (/^(exec|x|dlx|create|init)$/.test(verb))
      return /^(dlx|x|exec)$/.test(verb) ? { registry: "npm", specs: rest.slice(0, 1), sources } : undefined;
    const adds =
      /^(install|i|in|ins|inst|add|isntall|link)$/.test(verb) && !(program === "yarn" && verb === "install");
    if (!adds)
      return sources.length > 0 && /^(ci|install|i)$/.test(verb)
        ? { registry: "npm", specs: [], sources }
        : undefined;
    const wide = given(line, "g", "global") || optionValue(line, "location") === "global";
    return { registry: "npm", specs: rest, global: wide && (rest.length > 0 || verb === "link"), sources };
  },
};

// pnpm's `-w` is the root of the workspace and takes no value.
const pnpm: Reader = { ...node, valued: new Set([...node.valued].filter((name) => name !== "w")) };

const python: Reader = {
  valued: nameSet(
    "r requirement c constraint e editable i index-url extra-index-url default-index index t target f find-links platform python-version prefix root proxy python p only-binary no-binary group G extra optional spec source trusted-host cache-dir upgrade-strategy python-preference directory project with",
  ),
  read(line, program) {
    let words = line.words;
    const sources = [
      ...optionValues(line, "index-url", "i", "extra-index-url", "index", "default-index", "f", "find-links"),
      ...optionValues(line, "r", "requirement", "c", "constraint").filter((name) => /^https?:/.test(name)),
      ...optionValues(line, "trusted-host").map((host) => `http://${host}`),
    ];
    const editable = optionValues(line, "e", "editable").filter((spec) => isAddress(spec, "pypi"));
    let global = false;
    if (program === "pipx") global = words[0] !== "run";
    if (program === "uvx")
      return { registry: "pypi", specs: words.slice(0, 1).concat(optionValues(line, "with")), sources };
    if (program === "uv") {
      if (words[0] === "pip" || words[0] === "tool") {
        global = words[0] === "tool" && words[1] === "install";
        words = words.slice(1);
      } else if (words[0] !== "add") return undefined;
      if (given(line, "system")) global = true;
    }
    const [verb = "", ...rest] = words;
    if (
      !/^(install|add|run|inject)$/.test(verb) ||
      (verb === "run" && program !== "pipx" && program !== "uv")
    )
      return undefined;
    if (given(line, "break-system-packages")) global = true;
    return {
      registry: "pypi",
      specs: [...(verb === "run" ? rest.slice(0, 1) : rest), ...editable],
      global,
      sources,
    };
  },
};

const cargo: Reader = {
  valued: nameSet(
    "F features git branch tag rev path registry vers version root target rename p package manifest-path index j jobs profile bin example",
  ),
  read(line) {
    const [verb = "", ...rest] = line.words;
    if (verb !== "add" && verb !== "install" && verb !== "binstall") return undefined;
    if (line.options.has("path")) return undefined;
    const sources = optionValues(line, "git", "registry", "index");
    return {
      registry: "crates",
      specs: line.options.has("git") ? [] : rest,
      global: verb !== "add",
      sources,
    };
  },
};

const gem: Reader = {
  valued: nameSet("v version s source i install-dir n bindir platform P group git github path require"),
  read(line, program) {
    const [verb = "", ...rest] = line.words;
    if (program === "bundle" ? verb !== "add" : !/^(install|i)$/.test(verb)) return undefined;
    return {
      registry: "gems",
      specs: rest,
      global: program === "gem" && !given(line, "user-install", "i", "install-dir", "file", "g"),
      sources: optionValues(line, "source", "s", "git"),
    };
  },
};

const go: Reader = {
  valued: nameSet("C mod modfile tags ldflags gcflags o p"),
  read(line) {
    const [verb = "", ...rest] = line.words;
    const specs = rest.filter((word) => !/^\.{1,2}(\/|$)/.test(word));
    if (verb === "get")
      return { registry: "go", specs, sources: given(line, "insecure") ? ["insecure"] : [] };
    return verb === "install" && specs.some((spec) => spec.includes("@"))
      ? { registry: "go", specs, global: true }
      : undefined;
  },
};

const machine: Reader = {
  valued: nameSet("o option c config-file t target-release r root X repository"),
  read(line, program) {
    const [verb = "", ...rest] = line.words;
    const adds = /^(install|reinstall|localinstall|groupinstall|add|in|instal|cask|localpkg)$/.test(verb);
    const flags = program === "pacman" || program === "yay" || program === "paru";
    if (program === "dpkg" || program === "rpm")
      return given(line, "i", "install", "U", "F", "unpack", "ivh", "Uvh")
        ? { registry: "system", specs: line.words, global: true, sources: line.words }
        : undefined;
    if (flags && ![...line.options.keys()].some((name) => /^[SU][a-z]*$/.test(name))) return undefined;
    if ((!flags && !adds) || given(line, "s", "simulate", "just-print", "download-only")) return undefined;
    const specs = flags ? line.words : rest;
    return specs.length === 0
      ? undefined
      : {
          registry: "system",
          specs,
          global: true,
          sources: specs.filter((spec) => /^https?:|\.(deb|rpm|apk)$/.test(spec)),
        };
  },
};

const readers: ReadonlyMap<string, Reader> = new Map([
  ...all("npm yarn bun npx bunx", node),
  ["pnpm", pnpm],
  ...all("pip uv uvx poetry pipenv pdm rye pipx", python),
  ...all("cargo", cargo),
  ...all("gem bundle", gem),
  ...all("go", go),
  ...all(
    "apt apt-get aptitude yum dnf microdnf zypper apk brew snap flatpak port pacman yay paru dpkg rpm choco winget scoop",
    machine,
  ),
]);

function all(names: string, reader: Reader): readonly (readonly [string, Reader])[] {
  return names.split(" ").map((name) => [name, reader] as const);
}

const managers: ReadonlySet<string> = new Set([
  ...readers.keys(),
  "pip2",
  "pip3",
  ...["3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"].flatMap((version) => [
    `pip${version}`,
    `python${version}`,
  ]),
  "python",
  "python2",
  "python3",
  "py",
]);
