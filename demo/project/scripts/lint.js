// House rule: no debugging left behind.
import { readFileSync, readdirSync } from "node:fs";

const left = readdirSync("src").filter((file) =>
  /console\.|debugger/.test(readFileSync(`src/${file}`, "utf8")),
);
for (const file of left) console.error(`src/${file}: debugging left behind`);
process.exitCode = left.length > 0 ? 1 : 0;
