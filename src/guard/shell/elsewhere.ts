import type { Effect, Facts } from "../../core/action.ts";
import { placeOf, within } from "../paths.ts";
import type { FileEffect } from "../paths.ts";
import { addEffect, freshShell } from "./shell.ts";
import type { Output, Shell, World } from "./shell.ts";

/** Another machine, or a container on this one, in which a command runs. */
export interface Elsewhere {
  readonly kind: "host" | "container" | "pod";
  /** The folder that it starts in there; `undefined` where that is not known. */
  readonly cwd: string | undefined;
  /** Folders of this machine that are seen there. */
  readonly mounts: readonly Mount[];
}

export interface Mount {
  /** Absolute path on this machine. */
  readonly here: string;
  /** Absolute path over there. */
  readonly there: string;
  readonly readOnly: boolean;
}

/** The home folder of whoever logs in: its name does not matter, as long as it is one. */
export const homeThere = "/root";

/**
 * Reads what runs in another world and takes over what matters in this one: programs, what reaches a shared remote,
 * and files that lie in a mounted folder. What is opaque there is not held against it.
 */
export function runElsewhere(place: Elsewhere, shell: Shell, body: (there: Shell) => Output): void {
  const { world } = shell;
  const facts: Facts = { home: homeThere, tempDirs: ["/tmp"], aliases: {} };
  const effects: Effect[] = [];
  const there: World = {
    ...world,
    facts,
    effects,
    problems: [],
    aliases: new Set(),
    unread: new Set(),
    ran: new Set(),
    files: new Map(),
    links: new Map(),
    copies: new Map(),
    gitAliases: new Map(),
  };
  const inner: Shell = { ...freshShell(shell, new Map(), []), world: there, vars: new Map(), cwd: place.cwd };
  inner.depth = shell.depth + 1;
  body(inner);
  for (const problem of there.problems)
    if (problem.kind === "too-complex" || problem.kind === "failed" || problem.fetched !== undefined)
      // A container that is thrown away may run what it fetches; a server and a pod serve somebody.
      if (place.kind !== "container" || problem.fetched === undefined) world.problems.push(problem);
  for (const effect of effects)
    for (const taken of takenOver(effect, place, facts, world)) addEffect(world, taken);
}

function takenOver(effect: Effect, place: Elsewhere, facts: Facts, world: World): readonly Effect[] {
  switch (effect.kind) {
    case "execute":
      if (place.kind !== "host" && staysInside(effect.program, effect.args)) return [];
      return [{ ...effect, cwd: mapped(effect.cwd, place) }];
    case "git":
      // A repository over there is a scratch copy as seen from here; what it pushes is not.
      return [{ ...effect, cwd: mapped(effect.cwd, place) ?? "/tmp/elsewhere" }];
    case "network":
      return [effect];
    case "opaque":
      return [];
    case "read":
    case "write":
    case "delete":
      return place.kind === "host" ? harm(effect, facts, world) : mountedFile(effect, place);
  }
}

/** Of the files on another machine only a system, a home or a device counts: the rest is that machine's business. */
function harm(effect: FileEffect, facts: Facts, world: World): readonly Effect[] {
  const there = placeOf(effect, facts);
  if (effect.kind === "write") return there.kind === "device" ? [effect] : [];
  if (effect.kind !== "delete" || !(effect.recursive || effect.glob === true)) return [];
  // `/srv/releases/*`: everything in a folder near the root.
  const near = /^(\/[^/*]+){1,2}\/\*+$/.test(effect.path ?? "") && there.kind !== "temp";
  const emptied = effect.glob === true && near;
  const whole = there.kind === "system" || there.kind === "home" || emptied || stores.test(effect.path ?? "");
  if (!whole || there.kind === "unknown") return [];
  const path = there.kind === "home" ? (world.facts.home ?? "/") : "path" in there ? there.path : "/";
  return [
    {
      kind: "delete",
      path,
      recursive: true,
      ...(effect.by === undefined ? {} : { by: effect.by }),
      ...spanOf(effect),
    },
  ];
}

// Where servers keep what they serve, and databases what they store.
const stores =
  /^\/var\/(lib|www|log)$|^\/var\/lib\/(postgresql|mysql|mariadb|mongodb|redis|elasticsearch)(\/|$)/;

function spanOf({ span }: FileEffect): object {
  return span === undefined ? {} : { span };
}

function mountedFile(effect: FileEffect, { mounts }: Elsewhere): readonly Effect[] {
  const path = effect.path ?? effect.under;
  if (path === undefined) return [];
  const writable = mounts.filter((mount) => !mount.readOnly || effect.kind === "read");
  const holder = writable.find((mount) => within(path, mount.there));
  if (holder === undefined && effect.kind === "delete" && effect.recursive && stores.test(path))
    return [effect];
  if (holder !== undefined) {
    const moved = holder.here + path.slice(holder.there === "/" ? 0 : holder.there.length);
    return [effect.path === undefined ? { ...effect, under: moved } : { ...effect, path: moved }];
  }
  // Deleting a folder takes along what is mounted in it.
  if (effect.kind !== "delete" || !effect.recursive) return [];
  return writable
    .filter((mount) => within(mount.there, path))
    .map((mount) => ({ ...effect, path: mount.here }));
}

function mapped(path: string | undefined, { mounts }: Elsewhere): string | undefined {
  if (path === undefined) return undefined;
  const mount = mounts.find((item) => within(path, item.there));
  return mount === undefined
    ? undefined
    : mount.here + path.slice(mount.there === "/" ? 0 : mount.there.length);
}

// What changes only the container itself, which is thrown away.
const local =
  /^(apt|apt-get|aptitude|dpkg|apk|yum|dnf|microdnf|rpm|pacman|zypper|systemctl|service|kill|pkill|killall|reboot|shutdown|halt|poweroff|useradd|adduser|usermod|userdel|passwd|groupadd|addgroup|iptables|mount|umount|sysctl|crontab|update-alternatives|chsh|chpasswd|curl|wget|sudo|su)$/;

const installers =
  /^(npm|pnpm|yarn|bun|pip|pip3|pipx|uv|gem|cargo|go|composer|corepack|poetry|brew|conda|mamba)$/;

function staysInside(program: string | undefined, args: readonly (string | undefined)[]): boolean {
  if (program === undefined || local.test(program)) return true;
  const verb = args.find((arg) => arg?.startsWith("-") === false);
  return (
    installers.test(program) &&
    /^(i|in|install|add|ci|global|tool|uninstall|remove|update|upgrade|enable|config|self|get|pip|sync)$/.test(
      verb ?? "",
    )
  );
}
