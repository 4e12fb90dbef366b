import type { Effect } from "../../core/action.ts";
import { listedProcesses } from "../process-list.ts";
import type { Hit, Rule } from "../rule.ts";
import { watching } from "../watching.ts";

const kill: Rule = {
  id: "self/kill",
  irreversible: false,
  verdict: "deny",
  says: "it ends surefoot or everything that runs with it",
  find: watching({ programs: (name) => killers.has(name) }, (scene) =>
    scene.effects.flatMap((effect) => killed(effect, scene.effects)),
  ),
  mustBlock: [
    "pkill surefoot",
    "killall surefoot",
    "pkill -f 'surefoot run'",
    "kill -9 -1",
    "kill $(pgrep -f surefoot)",
    "pgrep surefoot | xargs kill",
    "kill $PPID",
    "pkill -9 -f surefoot.cjs",
    "killall -9 node",
    "kill -9 $(pidof node)",
    "ps aux | grep '[s]urefoot' | awk '{print $2}' | xargs kill -9",
    "ps aux | grep node | awk '{print $2}' | xargs kill",
  ],
  mustAllow: [
    "kill %1",
    "kill -9 12345",
    "pkill -f vite",
    "pgrep -fl surefoot",
    "kill $SERVER_PID",
    "ps aux | grep 'node server.js' | awk '{print $2}' | xargs kill",
    "ps aux | grep surefoot",
    "killall webpack",
  ],
};

const switchOff: Rule = {
  id: "self/switch-off",
  irreversible: false,
  verdict: "deny",
  says: "it switches surefoot off, changes what it has recorded or decided, or decides in a person's place",
  find: watching(
    { effects: ["delete"], programs: (name) => runners.has(name) || managers.has(name) },
    (scene) =>
      scene.effects.flatMap((effect): readonly Hit[] => {
        if (uninstalls(effect)) return [{ ...spanned(effect), says: "it takes surefoot away" }];
        const [command, ...words] = ownWords(effect) ?? [];
        // An option's value may stand before the verb.
        if (
          switchesOff(command, words[0]) ||
          words.some((word) => changing.has(`${command ?? ""} ${word ?? ""}`))
        )
          return [spanned(effect)];
        const hidden = command !== undefined && decides.has(command) && words[0] === undefined;
        return hidden && words.length > 0 ? [{ ...spanned(effect), verdict: "ask" }] : [];
      }),
  ),
  mustBlock: [
    "surefoot ledger erase 3",
    "surefoot guard uninstall",
    "surefoot run accept r1",
    "npx surefoot run discard r1",
    "env A=1 surefoot run clean",
    "surefoot guard allow 1a2b3c4d",
    "surefoot guard --for 10m allow 1a2b3c4d",
    "script -qc 'surefoot guard trust' /dev/null",
    "npm exec -- surefoot guard trust --yes",
    "node node_modules/surefoot/bin/surefoot.cjs guard allow --yes 1a2b3c4d",
    'surefoot guard "$VERB" 1a2b3c4d',
    "surefoot guard off",
    'npx surefoot disable --reason "too many false positives"',
    "surefoot reset --yes",
    "surefoot policy set guard.mode off",
    "surefoot guard pause --for 10m && git push --force",
    "npm uninstall surefoot",
    "rm -rf node_modules/surefoot",
  ],
  mustAllow: [
    "surefoot check",
    "surefoot guard judge 'rm -rf /'",
    "surefoot ledger show",
    "surefoot run list",
    "surefoot explain git/force-push",
    "surefoot guard test",
    'surefoot guard judge "$COMMAND"',
    "surefoot guard replay --policy new.yaml",
    "node scripts/guard.cjs allow",
    "surefoot explain disable",
    "surefoot guard judge 'surefoot guard off'",
    "surefoot policy show",
    "npm install --save-dev surefoot",
    "npm uninstall left-pad",
    "rm -rf node_modules",
    "grep -rn 'surefoot guard off' docs",
  ],
};

export const rules: readonly Rule[] = [kill, switchOff];

const changing: ReadonlySet<string> = new Set([
  "ledger erase",
  "guard uninstall",
  "guard allow",
  "guard trust",
  "run accept",
  "run discard",
  "run clean",
]);

const decides: ReadonlySet<string> = new Set(["guard", "run", "ledger"]);

// No such commands exist today, and whoever tries one wants the guard gone.
const off =
  /^(off|disabled?|reset|stop|pause|bypass|skip|unlock|uninstall|remove|suspend|deactivate|turn-?off|kill|shutdown|exempt|ignore|silence|override|observe|permit|approve|mute|snooze|clear|delete|purge|wipe|unguard)$/;
const holding = /^(guard|policy|ledger|run|config|hooks?|rules?|mode|session|settings)$/;

function switchesOff(command: string | undefined, verb: string | undefined): boolean {
  if (command === undefined) return false;
  return (
    off.test(command) || (holding.test(command) && (off.test(verb ?? "") || /^(set|mode)$/.test(verb ?? "")))
  );
}

const managers = new Set(["npm", "pnpm", "yarn", "bun", "brew", "volta"]);

/** Whether the program itself is taken away: by a package manager, or its files. */
function uninstalls(effect: Effect): boolean {
  if (effect.kind === "delete")
    return /\/node_modules\/(\.bin\/)?surefoot$|\/bin\/surefoot$/.test(effect.path ?? "");
  if (effect.kind !== "execute" || !managers.has(effect.program ?? "")) return false;
  const words = effect.args.filter((arg) => arg?.startsWith("-") === false);
  return (
    words.includes("surefoot") && words.some((word) => /^(uninstall|un|unlink|remove|rm|r)$/.test(word ?? ""))
  );
}

const runners = new Set(["surefoot", "node", "nodejs", "bun", "deno", "tsx"]);

/** Words of a call of surefoot without the options; `undefined` for any other effect. */
function ownWords(effect: Effect): readonly (string | undefined)[] | undefined {
  if (effect.kind !== "execute" || effect.program === undefined) return undefined;
  const plain = effect.args.filter((arg) => arg === undefined || !arg.startsWith("-"));
  if (effect.program === "surefoot") return plain;
  if (!runners.has(effect.program)) return undefined;
  const at = plain.findIndex(
    (arg) => arg !== undefined && /(^|\/)surefoot(\.cjs)?$|surefoot\/(dist|src)\/cli\.[jt]s$/.test(arg),
  );
  return at < 0 ? undefined : plain.slice(at + 1);
}

const killers = new Set(["pkill", "killall", "skill", "kill"]);

function killed(effect: Effect, effects: readonly Effect[]): readonly Hit[] {
  if (kills(effect)) return [spanned(effect)];
  if (effect.kind !== "execute" || effect.program !== "kill" || !effect.args.includes(undefined)) return [];
  const listed = listedProcesses(effects);
  const words = listed.kind === "some" ? listed.words : [];
  if (words.some((word) => word.includes("surefoot"))) return [spanned(effect)];
  return words.some((word) => word === "node")
    ? [
        {
          ...spanned(effect),
          verdict: "ask",
          says: "it ends every process that runs on Node, surefoot among them",
        },
      ]
    : [];
}

function kills(effect: Effect): boolean {
  if (effect.kind !== "execute") return false;
  const { program, args } = effect;
  if (program === "pkill" || program === "killall" || program === "skill")
    // surefoot runs on Node, so whoever ends every Node process ends it as well.
    return args.some((arg) => arg !== undefined && /surefoot|^node$/.test(arg));
  if (program !== "kill") return false;
  return (
    args.slice(args.length > 1 ? 1 : 0).some((arg) => arg === "-1" || arg === "0") ||
    args.some((arg) => arg !== undefined && /surefoot|^(PPID|node)$/.test(arg))
  );
}

function spanned(effect: Effect): Hit {
  return effect.span === undefined ? {} : { span: effect.span };
}
