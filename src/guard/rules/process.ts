import type { Effect } from "../../core/action.ts";
import { invocations } from "../argv.ts";
import type { Invocation } from "../argv.ts";
import { commandLine, given, nameSet, optionValue } from "../command-line.ts";
import { listedProcesses } from "../process-list.ts";
import { always, each, programRule, verb } from "../program-rule.ts";
import type { Hit, Rule } from "../rule.ts";
import { watching } from "../watching.ts";

const killAll: Rule = {
  id: "process/kill-all",
  irreversible: false,
  verdict: "deny",
  says: "it ends processes far beyond its own",
  instead: "kill $SERVER_PID",
  find: watching({ programs: (name) => killers.has(name) }, (scene) =>
    invocations(scene.effects, killers).flatMap((invocation): readonly Hit[] => {
      const says = tooMuch(invocation, scene.effects);
      return says === undefined ? [] : [{ ...at(invocation), ...says }];
    }),
  ),
  mustBlock: [
    "kill -9 -1",
    "kill -KILL -- -1",
    "sudo kill -s TERM -1",
    "killall5",
    "pkill -9 -u $USER",
    "pkill -f .",
    "killall -u dev",
    "killall -9 python3",
    "pkill -9 java",
    "kill 1",
    "ps aux | awk '{print $2}' | xargs kill -9",
    "kill -9 $(ps -e -o pid=)",
    "for p in $(pgrep bash); do kill -9 $p; done",
    "loginctl terminate-user dev",
    "killall sshd",
    "tmux kill-server",
    "ps aux | awk '/java/{print $2}' | xargs kill -9",
    "kill $(ps -ef | grep '[p]ython' | awk '{print $2}')",
    'for p in $(pgrep .); do kill -9 "$p"; done',
    "python3 -c 'import os, signal; os.kill(-1, signal.SIGKILL)'",
    "node -e 'process.kill(-1)'",
  ],
  mustAllow: [
    "kill $!",
    "kill %1",
    "kill -9 12345",
    "kill -1 4242",
    'pkill -f "vite"',
    'pkill -f "node server.js"',
    "lsof -ti:3000 | xargs kill -9",
    "kill $(lsof -t -i:8080)",
    "ps aux | grep '[w]ebpack' | awk '{print $2}' | xargs kill",
    "ps aux | awk '/vite/ {print $2}' | xargs kill",
    "ps aux | grep 'python manage.py' | grep -v grep | awk '{print $2}' | xargs kill",
    "ps aux | awk '!/java/ && /vite/ {print $2}' | xargs kill",
    "fuser -k 3000/tcp",
    "pkill -P $$",
    "killall webpack-dev-server",
    "kill -0 $PID",
    "kill -l",
    "pgrep -fl python",
    "tmux kill-session -t dev",
  ],
};

const killers = nameSet(
  "kill pkill killall killall5 skill slay fuser loginctl systemctl tmux python python3 node ruby perl",
);

const killsAll =
  /\b(?:os|process|Process)\.kill\(\s*(?:["'][A-Z]+["'],\s*)?-1\b|\bkill\s*\(?\s*["']?(?:9|KILL|TERM)["']?\s*,\s*-1\b/;

// Interpreters and hosts of other programs: their name says nothing about whose process it is.
const shared =
  /^(python[\d.]*|java|ruby|php|perl|bash|sh|zsh|dash|fish|code|chrome|chromium|firefox|docker|containerd|cargo|go)$/;
const system =
  /^(sshd|systemd.*|init|launchd|dockerd|containerd|Xorg|gnome-.*|kde.*|plasma.*|WindowServer|Finder|loginwindow|dbus.*|NetworkManager|cron|crond|kubelet)$/;

function tooMuch(
  invocation: Invocation,
  effects: readonly Effect[],
): Pick<Hit, "says" | "verdict"> | undefined {
  const { program, words } = invocation;
  const line = commandLine(invocation, nameSet("s signal n g G P t u U euid uid user group session o"));
  const text = words.join(" ");
  switch (program) {
    case "python":
    case "python3":
    case "node":
    case "ruby":
    case "perl":
      return killsAll.test(`${text}\n${invocation.input ?? ""}`.slice(0, textAtMost)) ? {} : undefined;
    case "killall5":
    case "slay":
      return {};
    case "loginctl":
      return /^(terminate-user|kill-user|terminate-session|terminate-seat)\b/.test(text) ? {} : undefined;
    case "systemctl":
      return /\bkill\b.*\b(user|session|system)[\w-]*\.(slice|scope)/.test(text) ? {} : undefined;
    case "tmux":
      return words[0] === "kill-server" ? { verdict: "ask" } : undefined;
    case "fuser":
      return given(line, "k") && (given(line, "m") || line.words.some((word) => /^\/\w*$/.test(word)))
        ? {}
        : undefined;
    case "kill":
      return byNumber(words, effects);
    default:
      return byName(
        line.words.filter((word) => !/^-\w+$/.test(word)),
        invocation,
        optionValue(line, "u", "U", "euid", "uid", "user") !== undefined,
      );
  }
}

function byNumber(
  words: readonly string[],
  effects: readonly Effect[],
): Pick<Hit, "says" | "verdict"> | undefined {
  const dashed = words.indexOf("--");
  // The first word may be a signal: `kill -1 4242` hangs up one process.
  const targets =
    dashed >= 0 ? words.slice(dashed + 1) : words.filter((word, i) => i > 0 || !word.startsWith("-"));
  if (targets.some((word) => word === "-1" || word === "1"))
    return words.length === 1 || targets.some((word) => word === "-1") || words.at(-1) === "1"
      ? {}
      : undefined;
  if (targets.some((word) => /^[.*^$]+$/.test(word))) return { says: "it ends every process" };
  const named = targets.find((word) => shared.test(word) || system.test(word));
  if (named !== undefined) return { says: `it ends every process that is called ${named}` };
  if (!targets.some((word) => word.includes("\uE000"))) return undefined;
  const listed = listedProcesses(effects);
  switch (listed.kind) {
    case "none":
      return undefined;
    case "all":
      return { says: "it ends every process that is listed" };
    case "some": {
      const common = listed.words.find((word) => shared.test(word) || system.test(word));
      return common === undefined
        ? undefined
        : { verdict: "ask", says: `it ends every process in whose line ${common} stands` };
    }
  }
}

function byName(
  names: readonly string[],
  { words }: Invocation,
  ofUser: boolean,
): Pick<Hit, "says" | "verdict"> | undefined {
  if (ofUser && names.length === 0) return { says: "it ends every process of a user" };
  const [name] = names;
  if (name === undefined) return undefined;
  if (/^[.*^$]*$/.test(name)) return { says: "it ends every process" };
  const plain = name.replace(/^\^|\$$/g, "");
  if (system.test(plain)) return { says: `it ends ${plain}, which the machine depends on` };
  const exact = words.some((word) => /^-\w*[PtgG]/.test(word));
  return shared.test(plain) && !exact ? { says: `it ends every process that is called ${plain}` } : undefined;
}

const shutdown: Rule = programRule({
  id: "process/shutdown",
  irreversible: false,
  verdict: "deny",
  says: "it stops or restarts the machine",
  instead: "uptime",
  matchers: {
    ...each("reboot poweroff halt pm-suspend pm-hibernate", always),
    shutdown: (line) => !given(line, "c") && line.words[0] !== "-c",
    ...each("init telinit", ({ words }) => /^[0156sS]$/.test(words[0] ?? "")),
    systemctl: ({ words }) =>
      /^(reboot|poweroff|halt|kexec|suspend|hibernate|hybrid-sleep|soft-reboot|emergency|rescue|isolate|exit)$/.test(
        words[0] ?? "",
      ),
    loginctl: verb("reboot", "poweroff", "suspend", "hibernate"),
    osascript: (_, { words }) =>
      /\b(shut down|restart|log out|sleep)\b/i.test(words.join(" ")) &&
      /System Events|Finder|loginwindow/.test(words.join(" ")),
    "dbus-send": (_, { words }) => /login1.*\.(PowerOff|Reboot|Halt|Suspend)/.test(words.join(" ")),
    busctl: (_, { words }) => /login1.*\b(PowerOff|Reboot|Halt|Suspend)\b/.test(words.join(" ")),
    tee: ({ words }) => words.includes("/proc/sysrq-trigger"),
  },
  mustBlock: [
    "shutdown -h now",
    "sudo reboot",
    "systemctl poweroff",
    "/sbin/shutdown -r +5",
    "init 0",
    "bash -c 'sleep 5; sudo halt -p'",
    "echo b | sudo tee /proc/sysrq-trigger",
    "sudo systemctl isolate rescue.target",
    "osascript -e 'tell application \"System Events\" to shut down'",
    "telinit 6",
    "env X=1 nohup poweroff &",
    "python3 -c \"import os; os.system('reboot')\"",
  ],
  mustAllow: [
    "shutdown -c",
    "npm run shutdown",
    "systemctl status nginx",
    "last reboot | head",
    "grep -rn reboot docs",
    "git commit -m 'Handle reboot and shutdown'",
    "./scripts/shutdown-server.sh --help",
    "man shutdown",
  ],
});

const service: Rule = programRule({
  id: "process/service",
  irreversible: false,
  verdict: "ask",
  says: "it stops, disables or masks a system service",
  instead: "systemctl status nginx",
  valued: nameSet("n H M t p S s o"),
  matchers: {
    systemctl: verb("stop", "disable", "mask", "kill", "revert", "set-default"),
    service: ({ words }) => words[1] === "stop" || words[1] === "full-restart",
    "rc-service": ({ words }) => words[1] === "stop",
    "rc-update": verb("del", "delete"),
    "update-rc.d": ({ words }) => words[1] === "remove" || words[1] === "disable",
    chkconfig: ({ words }) => words[1] === "off",
    sv: verb("stop", "down", "force-stop", "exit", "d"),
    launchctl: verb("unload", "bootout", "remove", "disable", "stop", "kill"),
    initctl: verb("stop"),
    supervisorctl: verb("stop", "shutdown", "remove"),
    pm2: ({ words }) =>
      words[0] === "kill" || (/^(delete|del|stop)$/.test(words[0] ?? "") && words[1] === "all"),
    brew: ({ words }) => words[0] === "services" && /^(stop|kill)$/.test(words[1] ?? ""),
    monit: verb("stop", "unmonitor", "quit"),
  },
  mustBlock: [
    "sudo systemctl stop nginx",
    "systemctl --now disable docker",
    "service postgresql stop",
    "systemctl mask ssh",
    "launchctl unload ~/Library/LaunchAgents/com.example.plist",
    "brew services stop postgresql@16",
    "pm2 delete all",
    "supervisorctl shutdown",
    "rc-service nginx stop",
  ],
  mustAllow: [
    "systemctl status docker",
    "systemctl is-active nginx",
    "systemctl list-units --type=service",
    "service --status-all",
    "brew services list",
    "pm2 stop api",
    "pm2 logs",
    "journalctl -u nginx -n 50",
    "grep -rn 'systemctl stop' docs",
  ],
});

const forkBomb: Rule = {
  id: "process/fork-bomb",
  irreversible: false,
  verdict: "deny",
  says: "it multiplies without end",
  instead: "ulimit -u",
  find: watching(
    { problems: ["too-complex"], programs: (name) => interpreters.test(name) },
    ({ action, reading, effects }) => {
      // The reader gives up on a function that starts itself twice, which tells it from one that is only quoted.
      const shell =
        action.kind === "exec" &&
        reading.problems.some(({ kind }) => kind === "too-complex") &&
        multiplies.test(action.command.slice(0, textAtMost));
      const code = effects.flatMap((effect) =>
        effect.kind === "execute" && interpreters.test(effect.program ?? "") ? [effect] : [],
      );
      const forks = code.filter(({ args, input = "" }) => forksForever.test(`${args.join(" ")} ${input}`));
      return [
        ...(shell ? [{}] : []),
        ...forks.map((effect) => (effect.span === undefined ? {} : { span: effect.span })),
      ];
    },
  ),
  mustBlock: [
    ":(){ :|:& };:",
    "bomb() { bomb | bomb & }; bomb",
    "bash -c ':(){ :|:& };:'",
    "python3 -c 'import os\nwhile True: os.fork()'",
    "perl -e 'fork while fork'",
    "perl -e 'fork while 1'",
    "ruby -e 'loop { fork }'",
    "f() { f & f; }; f",
    "perl -e 'while (1) { fork() }'",
  ],
  mustAllow: [
    "echo ':(){ :|:& };:' > notes.md",
    "grep -rn 'fork' src",
    "git commit -m 'Reject :(){ :|:& };:'",
    "f() { ls | wc -l; }; f",
    "python3 -c 'import os; print(os.fork)'",
    "for i in 1 2 3; do sleep 1 & done; wait",
  ],
};

const textAtMost = 20_000;
const multiplies = /([\w:.]{1,40})\s{0,9}\(\)\s{0,9}\{[^}]{0,200}?\1\s{0,9}[|&]{1,2}\s{0,9}\1[^}]{0,200}\}/;
const interpreters = /^(python[\d.]*|perl|ruby|php|node|lua)$/;
const forksForever =
  /\bfork\s+while\b|\bwhile\b[^;]{0,40}?(?:True|1|true|fork)[^;]{0,20}?[:{)][\s\S]{0,60}?\bfork\b|\bloop\s*(?:\{|do)[\s\S]{0,40}?\bfork\b/;

export const rules: readonly Rule[] = [killAll, shutdown, service, forkBomb];

function at({ span }: Invocation): Hit {
  return span === undefined ? {} : { span };
}
