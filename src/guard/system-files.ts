import { placeOf } from "./paths.ts";
import type { Hit, Rule, Scene } from "./rule.ts";
import { together, watching } from "./watching.ts";

/** The rule, and writing or deleting one of these files of the system: a program is only one way to change it. */
export function also(rule: Rule, files: readonly string[]): Rule {
  const changes = watching({ effects: ["write", "delete"] }, (scene) => changesOf(scene, files));
  return { ...rule, find: together(rule.find, changes) };
}

function changesOf({ effects, facts }: Scene, files: readonly string[]): readonly Hit[] {
  return effects.flatMap((effect): readonly Hit[] => {
    if (effect.kind !== "write" && effect.kind !== "delete") return [];
    const place = placeOf(effect, facts);
    if (place.kind === "inside" || place.kind === "temp" || !("path" in place)) return [];
    const path = place.path;
    const meant = files.some((file) =>
      file.startsWith("/.") || file.startsWith("/Library")
        ? path.includes(file)
        : path === file.replace(/\/$/, "") ||
          (/[./]$/.test(file) && path.startsWith(file)) ||
          path.startsWith(`${file}/`),
    );
    return meant
      ? [{ ...(effect.span === undefined ? {} : { span: effect.span }), says: `it changes ${path}` }]
      : [];
  });
}
