import assert from "node:assert/strict";
import { test } from "node:test";
import { exampleFacts, judgeExample } from "../../../src/guard/example.ts";
import { interpret, workUnits } from "../../../src/guard/shell/effects.ts";

/** What a command that grows text comes to: its verdict, and how large the record of it is. */
function growth(command: string): {
  readonly stopped: boolean;
  readonly small: boolean;
  readonly read: boolean;
} {
  const judgement = judgeExample(command);
  return {
    stopped: judgement.verdict !== "allow",
    small: JSON.stringify(judgement).length < 4_000_000,
    read: !judgement.reasons.some((reason) => reason.rule === "shell/reader-failed"),
  };
}

const doubled = (times: number): string => `a=xxxxxxxxxx;${"a=$a$a;".repeat(times)}`;

test("text that grows without end is work that is spent, and never a crash", () => {
  const inputs = [
    `${doubled(24)}echo $a;rm -rf /etc`,
    `${doubled(40)}ls; rm -rf ~`,
    `a=aaaaaaaaaa; ${"a=${a//a/aaaaaaaaaa};".repeat(8)} $a`,
    `a=xxxxxxxxxx; ${"a+=$a;".repeat(40)} rm $a`,
    `a=(x x); ${'a+=("${a[@]}" "${a[@]}");'.repeat(30)} rm "\${a[@]}"`,
    `echo xxxxxxxxxx > f; ${"cat f f > g; cat g g > f; echo $(cat f f) >> f;".repeat(20)} rm -rf ~`,
    `f() { f "$1$1"; }; f xxxxxxxxxxxxxxxx; rm -rf ~`,
    `x=$(printf '%s%s' aaaaaaaa aaaaaaaa); ${"x=$(printf '%s%s%s%s' $x $x $x $x);".repeat(12)} rm -rf ~`,
  ];
  for (const input of inputs)
    assert.deepEqual(growth(input), { stopped: true, small: true, read: true }, input.slice(0, 80));
});

test("the units hold however long the values get", () => {
  for (const times of [1, 10, 20, 30]) {
    const { units } = interpret(`${doubled(times)} ls $a $a $a`, "/work/repo", exampleFacts);
    assert.ok(units <= workUnits, `${times}: ${units}`);
  }
});

test("values of an ordinary length are what they are", () => {
  assert.equal(judgeExample(`${doubled(5)} echo $a`).verdict, "allow");
  assert.equal(judgeExample('a=-rf; a="$a ~"; rm $a').verdict, "allow");
});
