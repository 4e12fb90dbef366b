import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { judgeExample } from "../../../src/guard/example.ts";

interface BypassClass {
  readonly name: string;
  readonly dangerous: readonly string[];
  readonly harmless: readonly string[];
}

const lines = readFileSync(new URL("../../fixtures/guard/bypass.txt", import.meta.url), "utf8").split("\n");
const text = (line: string): string =>
  line.slice(2).replace(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char));

const classes: readonly BypassClass[] = lines
  .slice(1)
  .join("\n")
  .split(/^# /m)
  .filter((part) => part.trim() !== "")
  .map((part) => {
    const [name = "", ...items] = part.split("\n");
    const marked = (mark: string): readonly string[] =>
      items.filter((item) => item.startsWith(`${mark} `)).map((item) => text(item));
    return { name, dangerous: marked("!"), harmless: marked("+") };
  });

const allowed = (commands: readonly string[]): readonly string[] =>
  commands.filter((command) => judgeExample(command).verdict === "allow");

for (const { name, dangerous, harmless } of classes) {
  test(`a dangerous command is stopped, though hidden: ${name}`, () => {
    assert.deepEqual(allowed(dangerous), []);
  });

  test(`what only looks like it is allowed: ${name}`, () => {
    const passed = allowed(harmless);
    assert.deepEqual(
      harmless.filter((command) => !passed.includes(command)),
      [],
    );
  });
}

test("every class has dangerous spellings and look-alikes", () => {
  const poor = classes.filter(({ dangerous, harmless }) => dangerous.length < 3 || harmless.length < 3);
  assert.deepEqual(
    poor.map(({ name }) => name),
    [],
  );
  assert.ok(classes.length >= 36, `only ${classes.length} classes`);
});

test("padding and nesting beyond the limits are stopped", () => {
  const padded = [
    `${" ".repeat(1_000_000)}rm -rf ~`,
    `ls ${"a ".repeat(400_000)}; rm -rf ~`,
    `${"#".repeat(1_000_000)}\nrm -rf ~`,
    `rm -rf ~ ${"$(".repeat(5000)}`,
    `${"$(".repeat(5000)}rm -rf ~${")".repeat(5000)}`,
    `${"(".repeat(5000)}rm -rf ~${")".repeat(5000)}`,
    `X=${"a".repeat(500_000)}; rm -rf ~`,
    `${"true && ".repeat(20_000)}rm -rf ~`,
  ];
  assert.deepEqual(
    allowed(padded).map((command) => command.slice(0, 30)),
    [],
  );
});
