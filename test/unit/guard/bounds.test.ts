import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeExample } from "../../../src/guard/example.ts";

/** Each of these once took the guard long, and what stands behind it must be stopped all the same. */
const heavy: Readonly<Record<string, string>> = {
  "printf '%%s' x; rm -rf ~": "deny",
  [`printf '${"%s".repeat(100)} ${"x".repeat(5000)}' ${"y ".repeat(5000)} | sh`]: "ask",
  [`${"find . -exec ".repeat(1500)} rm -rf ~`]: "deny",
  [`find . ${"-fls a ".repeat(3000)} -exec rm -rf ~ \\;`]: "deny",
  [`${"while :; do ".repeat(11)} cd src/${"; done".repeat(11)}; rm -rf *`]: "ask",
  [`${"A=1; ".repeat(1000)}rm -rf ~`]: "deny",
  [`${Array.from({ length: 4000 }, (_, at) => `A${at}=1; `).join("")}${"(ls); ".repeat(4000)}`]: "deny",
  [`awk '{ print ${" ".repeat(60_000)} | "sh" }' commands.txt`]: "ask",
  [`awk '${"print ".repeat(16_000)}| "sh"' commands.txt`]: "ask",
  [`perl -e 'rename ${" ".repeat(20_000)}x, ".github/workflows/ci.yml"'; rm -rf ~`]: "deny",
  [`cat <<'EOF' | mysql shop\n${"\n".repeat(20_000)}DELETE FROM orders;\nEOF\nrm -rf ~`]: "deny",
  [`echo "$(printf 'a${"\\n".repeat(20_000)}b')"; rm -rf ~`]: "deny",
  [`cp a$(basename "a${"/".repeat(20_000)}b"); rm -rf ~`]: "deny",
  [`sed -i '12i${" ".repeat(19_000)}@Disabled' src/test/java/CartTest.java`]: "deny",
  [`wget ${"https://example.org/a ".repeat(4000)}; rm -rf ~`]: "deny",
  [`kubectl delete ns shop ${"--wait=false ".repeat(4000)}`]: "deny",
  [`bash -c '${"mv test/a.test.ts test/a.test.ts.bak\n".repeat(400)}'`]: "deny",
  [`psql "$DB" -c '${"drop table users; ".repeat(2000)}'`]: "deny",
  [`chmod ${"-x .git/hooks/pre-commit ".repeat(3000)}`]: "deny",
  [`${"while :; do ".repeat(9)} sed -i '/expect/d' test/a.test.ts${"; done".repeat(9)}`]: "deny",
};

for (const [command, verdict] of Object.entries(heavy))
  test(`a judgement comes to an end: ${command.slice(0, 40)}`, () => {
    assert.equal(judgeExample(command).verdict, verdict);
  });
