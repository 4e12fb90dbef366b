import type { Effect } from "../core/action.ts";
import type { Invocation } from "./argv.ts";
import { nameSet } from "./command-line.ts";

/** Installers whose packages have no registry of their own here, and builds that install what they made. */
export const wideInstallers = nameSet(
  "composer dotnet mix code cpanm cpan make gmake ninja cmake meson rustup pyenv rbenv nodenv goenv asdf mise dart flutter cabal stack nix nix-env deno gem npm pnpm yarn python python3",
);

/** Whether one of them installs something, or takes it away, for the whole machine or user. */
export function installsWidely(
  { program, args }: Pick<Invocation, "program" | "args">,
  effects: readonly Effect[],
): boolean {
  const words = args.map((arg) => arg ?? "");
  const text = words.join(" ");
  const verb = words.find((word) => !word.startsWith("-"));
  switch (program) {
    case "composer":
      return /^global (require|update|install|remove)\b/.test(text);
    case "dotnet":
      return (
        /^(tool|workload) (install|update|uninstall)\b/.test(text) &&
        (/(^| )(-g|--global)( |$)/.test(text) || text.startsWith("workload"))
      );
    case "mix":
      return /^(archive|escript)\.install\b/.test(text);
    case "code":
      return text.includes("--install-extension");
    case "cpanm":
    case "cpan":
      return (
        words.some((word) => /^[A-Z]\w*(::|$)/.test(word)) &&
        !words.some((word) => /^(-[lL]|--local-lib)/.test(word))
      );
    case "make":
    case "gmake":
    case "ninja":
    case "meson":
      return (
        words.includes("install") &&
        !staged.test(text) &&
        (elevated(program, effects) || intoSystem.test(text))
      );
    case "cmake":
      return (
        (words.includes("--install") || /--target[= ]install\b/.test(text)) &&
        !staged.test(text) &&
        (elevated(program, effects) || intoSystem.test(text))
      );
    case "python":
    case "python3":
      return /(^|\/)setup\.py( .*)? (install|develop)\b/.test(text) && elevated(program, effects);
    case "rustup":
      return /^(default \S|toolchain (uninstall|remove)|self uninstall|uninstall)/.test(text);
    case "pyenv":
    case "rbenv":
    case "nodenv":
    case "goenv":
      return verb === "global" && words.length > 1;
    case "asdf":
      return verb === "global" || (verb === "set" && words.includes("--home"));
    case "mise":
      return verb === "use" && words.some((word) => /^(-g|--global)$/.test(word));
    case "dart":
    case "flutter":
      return /^pub global activate\b/.test(text);
    case "cabal":
      return (
        verb === "install" &&
        !words.some((word) => /^--(installdir|only-dependencies|lib|dry-run)/.test(word))
      );
    case "stack":
      return verb === "install" && words.length > 1;
    case "nix":
      return /^profile (install|add|remove)\b/.test(text);
    case "nix-env":
      return words.some((word) => /^(-i\w*|--install|-u|--upgrade)$/.test(word));
    case "deno":
      return verb === "install" && words.some((word) => /^(-\w*g\w*|--global)$/.test(word));
    case "gem":
      return verb === "update" && words.includes("--system");
    case "npm":
    case "pnpm":
      return (
        /^(update|up|upgrade|uninstall|un|remove|rm)$/.test(verb ?? "") &&
        words.some((word) => /^(-g|--global|--location=global)$/.test(word))
      );
    case "yarn":
      return /^global (remove|upgrade)\b/.test(text);
    default:
      return false;
  }
}

// `DESTDIR=` puts it all below another folder.
const staged = /\b(DESTDIR|D)=|--destdir/;
const intoSystem = /(?:prefix[= ]|PREFIX=)\/(?:usr|opt)(?:\/|\s|$)/;

function elevated(program: string, effects: readonly Effect[]): boolean {
  return effects.some(
    (effect) =>
      effect.kind === "execute" &&
      /^(sudo|doas)$/.test(effect.program ?? "") &&
      effect.args.includes(program),
  );
}
