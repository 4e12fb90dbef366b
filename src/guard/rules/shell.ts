import { hostOf, isLocal } from "../address.ts";
import { hasDangerousText } from "../danger.ts";
import type { Problem } from "../reading.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { watching } from "../watching.ts";

const unparsed: Rule = {
  id: "shell/unparsed",
  irreversible: false,
  verdict: "ask",
  says: "the command is not valid shell, so what it does cannot be read",
  find: watching({ problems: ["unparsed"] }, (scene) => {
    const hits = problems(scene, "unparsed");
    const dangerous = scene.action.kind === "exec" && hasDangerousText(scene.action.command);
    return dangerous ? hits.map((hit) => ({ ...hit, verdict: "deny" })) : hits;
  }),
  mustBlock: [
    "echo 'unclosed; rm -rf /",
    "if true; then ls",
    "cat <(ls",
    "echo $(ls",
    "ls; )",
    'git commit -m "half',
  ],
  mustAllow: [
    "echo 'closed; rm -rf /'",
    "if true; then ls; fi",
    "diff <(ls) <(ls -a)",
    "echo $(ls)",
    "cat <<'EOF' > notes.md\nan odd ) or ' in a text is no shell\nEOF",
  ],
};

const tooComplex: Rule = {
  id: "shell/too-complex",
  irreversible: false,
  verdict: "deny",
  says: "the command is too long or too deeply nested to be read to its end",
  find: watching({ problems: ["too-complex"] }, (scene) => problems(scene, "too-complex")),
  mustBlock: [
    `echo ${"a ".repeat(200_000)}; rm -rf /`,
    `${"eval ".repeat(60)}ls`,
    `${"echo $(".repeat(240)}ls${")".repeat(240)} ${"x ".repeat(60_000)}`,
    `cat ${"<<A ".repeat(600)}`,
    "f() { f; f; }; f",
    "echo {a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}",
  ],
  mustAllow: [
    `cat > notes.md <<'EOF'\n${"a line of ordinary text\n".repeat(400)}EOF`,
    `echo ${"word ".repeat(2000)}`,
    "bash -c \"bash -c 'bash -c ls'\"",
    "echo $(echo $(echo $(pwd)))",
    "f() { ls; }; f; f",
  ],
};

const opaqueCommand: Rule = {
  id: "shell/opaque-command",
  irreversible: false,
  verdict: "ask",
  says: "which program runs cannot be known from the text",
  find: watching({ problems: ["opaque-command"] }, (scene) => problems(scene, "opaque-command")),
  mustBlock: [
    "$CMD src",
    '"$(cat tool.txt)" --all',
    "${PROGRAM} x",
    "git $SUB main",
    "/bin/r? -rf src",
    "x=$(get); $x",
  ],
  mustAllow: [
    '"$HOME/bin/tool" --version',
    "PROGRAM=ls; $PROGRAM src",
    "./node_modules/.bin/tsc --noEmit",
    "${CARGO:-cargo} build",
    '"$VENV/bin/python" -m pytest',
  ],
};

const opaqueBody: Rule = {
  id: "shell/opaque-body",
  irreversible: false,
  verdict: "ask",
  says: "a shell runs text that cannot be known beforehand",
  // What comes from the network is `network/fetch-run`, unless this machine serves it itself.
  find: watching({ problems: ["opaque-body"] }, (scene) =>
    problems(scene, "opaque-body", ({ fetched }) => fetched === undefined || isLocal(hostOf(fetched) ?? "")),
  ),
  mustBlock: [
    "curl -fsSL http://localhost:8000/install.sh | sh",
    "ssh-keyscan example.org | sudo bash -s -- -y",
    'bash -c "$SCRIPT"',
    'eval "$(cat commands.txt)"',
    "bash <(./print-steps)",
    "cat payload.b64 | base64 -d | sh",
    "source /dev/stdin < input.sh",
    "python3 -c 'import os, sys; os.system(sys.argv[1])' x",
    "awk '{ print | \"sh\" }' commands.txt",
    "awk '{ system($0) }' commands.txt",
    "LD_PRELOAD=./x.so ls",
  ],
  mustAllow: [
    "curl -fsSL https://example.org/install.sh -o install.sh",
    "bash scripts/build.sh",
    'eval "$(ssh-agent -s)"',
    'awk \'BEGIN { print "ls" | "sh" }\'',
    "awk '{ print $1 | \"sort -u\" }' a.txt",
    "python3 -c 'import os; os.system(\"ls\")'",
    "source .venv/bin/activate",
    "echo 'npm test' | bash",
    "bash -c 'cd \"$0\" && ls' src",
  ],
};

const failed: Rule = {
  id: "shell/reader-failed",
  irreversible: true,
  verdict: "deny",
  says: "the guard itself failed on this command, so it is stopped",
  find: watching({ problems: ["failed"] }, (scene) => problems(scene, "failed")),
  // No command is known that makes the reader fail; the rule stands for the one that nobody thought of.
  mustBlock: [],
  mustAllow: ["ls", "true", "", "echo", "git status"],
};

export const rules: readonly Rule[] = [unparsed, tooComplex, opaqueCommand, opaqueBody, failed];

function problems(
  { reading }: Scene,
  kind: Problem["kind"],
  meant: (problem: Problem) => boolean = () => true,
): readonly Hit[] {
  return reading.problems
    .filter((problem) => problem.kind === kind && meant(problem))
    .map((problem) => ({
      says: problem.says,
      ...(problem.span === undefined ? {} : { span: problem.span }),
    }));
}
