import { runCommand } from "./command.ts";
import type { Call } from "./command.ts";
import { homeThere, runElsewhere } from "./elsewhere.ts";
import type { Elsewhere } from "./elsewhere.ts";
import { addOpaqueBody } from "./fetched.ts";
import { readOptions, valueOf } from "./options.ts";
import type { OptionSpec } from "./options.ts";
import { glob, hole, unknown } from "./shell.ts";
import type { Arg, Output, Shell } from "./shell.ts";

/** What is run over there: words for a program, or text for a shell. */
type Body =
  | { readonly kind: "words"; readonly words: readonly Arg[] }
  | { readonly kind: "text"; readonly text: Arg };

type Remote = (args: readonly Arg[], call: Call) => Body | undefined;

const host: Elsewhere = { kind: "host", cwd: homeThere, mounts: [] };
const box: Elsewhere = { kind: "container", cwd: undefined, mounts: [] };
const pod: Elsewhere = { kind: "pod", cwd: undefined, mounts: [] };

/** Follows a command that another machine, or a container reached by name, is told to run. */
export function runRemote(name: string, args: readonly Arg[], shell: Shell, call: Call): void {
  const remote = Object.hasOwn(remotes, name) ? remotes[name] : undefined;
  const body = remote?.(args, call);
  if (body === undefined) return;
  if (body.kind === "text" && body.text.value.trim() === hole) {
    addOpaqueBody(shell.world, "what another machine is told to run cannot be known", body.text.span);
    return;
  }
  const place = name === "kubectl" || name === "oc" ? pod : containers.has(name) ? box : host;
  runElsewhere(place, shell, (there) => runThere(body, there, call));
}

function runThere(body: Body, there: Shell, call: Call): Output {
  const inner: Call = { ...call, env: new Map() };
  switch (body.kind) {
    case "words":
      return body.words.length === 0 ? unknown : runCommand(body.words, there, inner);
    case "text":
      there.stdin = call.stdin;
      return there.world.runText(body.text.value.replaceAll(glob, ""), there, body.text);
  }
}

const containers: ReadonlySet<string> = new Set(["lxc", "incus", "distrobox", "toolbox"]);

const remotes: Readonly<Record<string, Remote>> = {
  ssh: (args, call) => shellAfter(args, { short: "BbcDEeFIiJLlmOoPpQRSWw" }, 1, call),
  autossh: (args, call) => shellAfter(args, { short: "MBbcDEeFIiJLlmOoPpQRSWw" }, 1, call),
  mosh: (args, call) => shellAfter(args, { short: "p", long: ["ssh", "server", "port"] }, 1, call),
  rsh: (args, call) => shellAfter(args, { short: "l" }, 1, call),
  pdsh: (args, call) => shellAfter(args, { short: "wxgRtuln" }, 0, call),
  clush: (args, call) => shellAfter(args, { short: "wxglft" }, 0, call),
  pssh: (args, call) => shellAfter(args, { short: "hHlptoexO" }, 0, call),
  "parallel-ssh": (args, call) => shellAfter(args, { short: "hHlptoexO" }, 0, call),
  vagrant: (args) => (verb(args) === "ssh" ? optionText(args, { short: "c", long: ["command"] }) : undefined),
  gcloud: (args) =>
    args.some((arg) => arg.value === "ssh") ? optionText(args, { long: ["command"] }) : undefined,
  fly: (args) => optionText(args, { short: "C", long: ["command"] }),
  flyctl: (args) => optionText(args, { short: "C", long: ["command"] }),
  heroku: (args, call) =>
    /^run(:|$)/.test(verb(args))
      ? shellAfter(args.slice(1), { short: "ars", long: ["app", "remote", "size"] }, 0, call)
      : undefined,
  ansible: (args) => {
    const { values } = readOptions(args, { short: "amiuetfl", long: ["args", "module-name", "inventory"] });
    const module = (values.get("m") ?? values.get("module-name"))?.[0]?.value ?? "command";
    const text = (values.get("a") ?? values.get("args"))?.[0];
    return text === undefined || !/^(ansible\.builtin\.)?(shell|command|raw)$/.test(module)
      ? undefined
      : { kind: "text", text };
  },
  wsl: (args) => {
    const { operands } = readOptions(args, {
      short: "due",
      long: ["distribution", "user", "exec", "cd"],
      stops: true,
    });
    const exec = args.findIndex((arg) => /^(-e|--exec)$/.test(arg.value));
    return { kind: "words", words: exec >= 0 ? args.slice(exec + 1) : operands };
  },
  lxc: (args) => after(args, "exec"),
  incus: (args) => after(args, "exec"),
  multipass: (args) => after(args, "exec"),
  distrobox: (args) => after(args, "enter"),
  toolbox: (args) => words(args.slice(1), { short: "cdr", long: ["container"] }, 0, verb(args) === "run"),
  kubectl: (args) => inPod(args),
  oc: (args) => inPod(args),
};

function verb(args: readonly Arg[]): string {
  return args.find((arg) => !arg.value.startsWith("-"))?.value ?? "";
}

/** Options, so many operands, and then words that are joined to one text for the shell over there. */
function shellAfter(args: readonly Arg[], spec: OptionSpec, skip: number, call: Call): Body | undefined {
  const { operands } = readOptions(args, { ...spec, stops: true });
  const rest = operands.slice(skip);
  // `ssh host -t cmd`: options may also follow the host.
  const { operands: command } = skip === 0 ? { operands: rest } : readOptions(rest, { ...spec, stops: true });
  const [first] = command;
  if (first !== undefined)
    return { kind: "text", text: { ...first, value: command.map((arg) => arg.value).join(" ") } };
  const { stdin } = call;
  // Without a command, the shell over there reads standard input.
  return stdin.kind === "text" && operands.length > 0
    ? { kind: "text", text: { value: stdin.text, span: call.span } }
    : undefined;
}

function optionText(args: readonly Arg[], spec: OptionSpec): Body | undefined {
  const text = valueOf(readOptions(args, spec), "c", "C", "command");
  return text === undefined ? undefined : { kind: "text", text };
}

function words(args: readonly Arg[], spec: OptionSpec, skip: number, applies: boolean): Body | undefined {
  if (!applies) return undefined;
  const { operands } = readOptions(args, { ...spec, stops: true });
  return { kind: "words", words: operands.slice(skip) };
}

/** `lxc exec name -- cmd`: what follows the dashes, or the name. */
function after(args: readonly Arg[], name: string): Body | undefined {
  if (verb(args) !== name) return undefined;
  const at = args.findIndex((arg) => arg.value === "--");
  if (at >= 0) return { kind: "words", words: args.slice(at + 1) };
  return words(args.slice(args.findIndex((arg) => arg.value === name) + 1), { short: "u" }, 1, true);
}

/** `kubectl exec pod -- cmd`, `kubectl run name --image=x -- cmd`, `oc rsh pod cmd`. */
function inPod(args: readonly Arg[]): Body | undefined {
  const { operands } = readOptions(args, {
    short: "nsc",
    long: ["namespace", "context", "kubeconfig", "cluster", "user"],
  });
  const [first, second] = operands;
  if (!/^(exec|run|debug|rsh)$/.test(first?.value ?? "")) return undefined;
  const at = args.findIndex((arg) => arg.value === "--");
  if (at >= 0) return { kind: "words", words: args.slice(at + 1) };
  // The older form without dashes.
  const named = args.findIndex((arg) => arg === second);
  if (first?.value !== "exec" && first?.value !== "rsh") return undefined;
  return words(args.slice(named + 1), { short: "cn", long: ["container", "namespace"] }, 0, true);
}
