import type { OptionSpec } from "./options.ts";

/** How a program is written whose last arguments are another command. */
export interface Wrapper extends OptionSpec {
  /** Operands before the command. */
  readonly operands?: number;
  /** Whether `NAME=value` may stand before the command. */
  readonly assigns?: boolean;
  /** Words before the command, as `run` in `uv run`; without them it is no wrapper. */
  readonly words?: readonly string[];
  /** Long options with two values. */
  readonly pairs?: readonly string[];
  /** The command is text for a shell. */
  readonly text?: boolean;
  /** Every operand is a command of its own. */
  readonly each?: boolean;
  /** The word, or one of several, after which the command stands; nothing before it is one. */
  readonly to?: string;
}

const hyperfineOptions = [
  "warmup",
  "runs",
  "min-runs",
  "max-runs",
  "parameter-scan",
  "parameter-list",
  "shell",
  "style",
  "export-json",
  "export-csv",
  "export-markdown",
  "command-name",
  "time-unit",
];

// Options with a value as each program's manual lists them.
const wrappers: Readonly<Record<string, Wrapper>> = {
  sudo: {
    short: "ugpCDRThrtcU",
    long: [
      "user",
      "group",
      "prompt",
      "close-from",
      "chdir",
      "chroot",
      "command-timeout",
      "host",
      "role",
      "type",
      "other-user",
    ],
    assigns: true,
  },
  doas: { short: "uC" },
  env: { short: "uCS", long: ["unset", "chdir", "split-string"], assigns: true },
  timeout: { short: "sk", long: ["signal", "kill-after"], operands: 1 },
  gtimeout: { short: "sk", long: ["signal", "kill-after"], operands: 1 },
  nice: { short: "n", long: ["adjustment"] },
  ionice: { short: "cnpPu", long: ["class", "classdata"] },
  nohup: {},
  unshare: { short: "SGRw", long: ["setuid", "setgid", "root", "wd"] },
  setsid: {},
  time: { short: "fo", long: ["format", "output"] },
  stdbuf: { short: "ioe", long: ["input", "output", "error"] },
  unbuffer: {},
  command: {},
  builtin: {},
  exec: { short: "a" },
  noglob: {},
  nocorrect: {},
  chronic: {},
  taskset: { operands: 1 },
  chrt: { short: "TPD", operands: 1 },
  caffeinate: { short: "tw" },
  strace: { short: "aeEIoOpPsSuUX" },
  ltrace: { short: "aeloOpsSuAFn" },
  chroot: { long: ["userspec", "groups"], operands: 1 },
  fakeroot: { short: "lsibu" },
  busybox: {},
  toybox: {},
  "cross-env": { assigns: true },
  dotenv: { short: "ecvp" },
  "xvfb-run": { short: "enfsp" },
  "systemd-run": {
    short: "pEuMHd",
    long: ["unit", "property", "setenv", "slice", "uid", "gid", "description"],
  },
  uv: {
    words: ["run"],
    long: ["with", "python", "project", "directory", "env-file", "extra", "group"],
    short: "p",
  },
  poetry: { words: ["run"] },
  pipenv: { words: ["run"] },
  pdm: { words: ["run"] },
  hatch: { words: ["run"] },
  bundle: { words: ["exec"] },
  conda: { words: ["run"], short: "np", long: ["name", "prefix", "cwd"] },
  direnv: { words: ["exec"], operands: 1 },
  npx: { short: "pc", long: ["package", "call"] },
  bunx: {},
  npm: { words: ["exec", "x"], long: ["package", "call", "workspace"], short: "cw" },
  pnpm: { words: ["exec", "dlx"] },
  yarn: { words: ["exec", "dlx"] },
  op: { words: ["run"], long: ["env-file"] },
  asdf: { words: ["exec"] },
  "aws-vault": { words: ["exec"], operands: 1, short: "dt", long: ["duration", "mfa-token", "region"] },
  bwrap: {
    long: [
      "chdir",
      "unsetenv",
      "lock-file",
      "hostname",
      "uid",
      "gid",
      "proc",
      "dev",
      "tmpfs",
      "dir",
      "perms",
    ],
    pairs: ["bind", "bind-try", "ro-bind", "ro-bind-try", "dev-bind", "dev-bind-try", "setenv", "symlink"],
  },
  catchsegv: {},
  chamber: { words: ["exec"], operands: 1 },
  "cross-env-shell": { assigns: true, text: true },
  "dbus-run-session": { long: ["config-file", "dbus-daemon"] },
  doppler: { words: ["run"], short: "pct", long: ["project", "config", "token"] },
  dotenvx: { words: ["run"], short: "fe", long: ["env-file", "env"] },
  dtach: { operands: 1, short: "er" },
  envdir: { operands: 1 },
  firejail: {},
  hyperfine: { short: "wrmMpcsSLPDIN", long: hyperfineOptions, text: true, each: true },
  infisical: { words: ["run"], long: ["env", "projectId", "path", "token"] },
  linux32: {},
  linux64: {},
  mise: { words: ["exec", "x"], to: "--" },
  nix: { words: ["develop", "shell", "run"], to: "-c|--command|--" },
  nq: {},
  nsenter: { short: "tGS", long: ["target", "setgid", "setuid"] },
  numactl: { short: "iNCmpl" },
  perf: { words: ["stat", "record", "trace"], short: "eopCtFgrc", long: ["event", "output", "pid"] },
  pipx: { words: ["run"], long: ["spec", "python"] },
  pkexec: { long: ["user"] },
  prlimit: { short: "p", long: ["pid"] },
  proxychains: { short: "f" },
  proxychains4: { short: "f" },
  "run-one": {},
  rlwrap: { short: "abcCfDHlmMoOpPqsSwz" },
  runcon: { short: "trul", operands: 1 },
  sem: { short: "j", long: ["jobs", "id"] },
  setarch: { operands: 1 },
  setpriv: {},
  shx: {},
  softlimit: { short: "adfhlmoprst" },
  "start-stop-daemon": { to: "--" },
  sshpass: { short: "pfdP" },
  "systemd-cat": { short: "tp" },
  "systemd-inhibit": { long: ["what", "who", "why", "mode"] },
  torify: {},
  torsocks: {},
  ts: { short: "SLNDOEn" },
  tsocks: {},
  valgrind: {},
  watchexec: {
    short: "wefidsonE",
    long: ["watch", "exts", "filter", "ignore", "signal", "shell"],
    text: true,
  },
};

/** The way in which a program is written, where it starts another one. */
export function wrapperOf(name: string): Wrapper | undefined {
  return Object.hasOwn(wrappers, name) ? wrappers[name] : undefined;
}
