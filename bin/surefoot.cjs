#!/usr/bin/env node
// Must parse on any Node since 12: it says in one line what an older one cannot do.
"use strict";
var found = process.versions.node;
var version = require("../package.json").version;
var first = process.argv[2];
if (first === "--version" || first === "-V") {
  process.stdout.write("surefoot " + version + "\n");
} else if (parseInt(found, 10) < 24) {
  process.stderr.write(
    "surefoot needs Node 24 or newer and was started with " +
      found +
      ": install it from nodejs.org, or run `npx -p node@24 -p surefoot surefoot`\n",
  );
  process.exitCode = 2;
} else {
  require("node:module").enableCompileCache();
  import("../dist/cli.js").then(function (cli) {
    return cli.main(process.argv.slice(2));
  });
}
