import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import type { OutputFile, Plugin } from "esbuild";
import { sha256 } from "../src/core/digest.ts";
import { programName, wrapped } from "../src/hook/loader.ts";
import { realFiles } from "../src/host/real-files.ts";
import { loadPolicy } from "../src/policy/load.ts";

const root = join(import.meta.dirname, "..");

const common = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node24",
  minify: true,
  charset: "ascii",
  // A script of its own has no way to import; what is loaded later is required.
  supported: { "dynamic-import": false },
  legalComments: "none",
  write: false,
} as const;

/**
 * Writes the hook into a folder: `hook.cjs`, and beside it the program that it loads (src/hook/loader.ts), both of which
 * need nothing but Node. Returns the path of `hook.cjs`.
 */
export async function writeHook(folder: string): Promise<string> {
  // What holds where nobody wrote a policy: compiled here, so that a hook reads no YAML.
  const nowhere = { files: realFiles(), root, read: async () => undefined, local: false };
  const { policy, digest } = await loadPolicy(nowhere);
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const program = textOf(
    await build({
      ...common,
      entryPoints: [join(root, "src/hook.ts")],
      define: {
        surefootVersion: JSON.stringify(version),
        surefootStandard: JSON.stringify({ policy, digest }),
      },
      plugins: [withoutExamples, whenUsed],
    }),
  );
  const name = sha256(program).slice(0, 16);
  const loader = textOf(
    await build({
      ...common,
      stdin: {
        contents: 'import { start } from "./src/hook/loader.ts"; start(__filename, require);',
        resolveDir: root,
      },
      define: { surefootProgram: JSON.stringify(name) },
    }),
  );
  const hook = join(folder, "hook.cjs");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, programName(name)), wrapped(program));
  writeFileSync(hook, loader);
  return hook;
}

/** The examples of rules are for tests and for `explain`; a hook would only read them. */
const withoutExamples: Plugin = {
  name: "without-examples",
  setup(it) {
    it.onLoad({ filter: /\/src\/guard\/rules\/[^/]+\.ts$/ }, ({ path }) => ({
      loader: "ts",
      contents: readFileSync(path, "utf8").replace(
        /^( +)(mustBlock|mustAllow): \[\n[\s\S]*?\n\1\],$/gm,
        "$1$2: [],",
      ),
    }));
  },
};

/** What few calls need, and only while they are decided: to load it takes milliseconds. */
const loadedWhenUsed = [
  /^picomatch$/, // paths and branches that are compared with a glob
  /\/guard\/popular-packages\.ts$/, // what is installed by name
];

/** Puts something in a module's place that loads it when one of its exports is looked at, or when it is called itself. */
const whenUsed: Plugin = {
  name: "when-used",
  setup(it) {
    it.onResolve({ filter: /./ }, async ({ path, kind, namespace, resolveDir }) => {
      if (namespace === "lazy" || kind === "entry-point") return undefined;
      const full = path.startsWith(".") ? join(resolveDir, path) : path;
      if (!loadedWhenUsed.some((name) => name.test(full))) return undefined;
      return { path: full, namespace: "lazy", pluginData: resolveDir };
    });
    it.onLoad({ filter: /./, namespace: "lazy" }, async ({ path, pluginData }) => {
      const { default: whole, ...named }: Readonly<Record<string, unknown>> = await import(path);
      const load = `(it ??= require(${JSON.stringify(path)}))`;
      const members = Object.keys(typeof whole === "function" ? whole : named);
      const getters = members.map((name) => `get ${name}() { return ${load}.${name}; }`).join(", ");
      const contents =
        typeof whole === "function"
          ? `let it; module.exports = Object.defineProperties((...given) => ${load}(...given),
              Object.getOwnPropertyDescriptors({ ${getters} }));`
          : `let it; module.exports = { __esModule: true, ${getters} };`;
      return { contents, resolveDir: String(pluginData) };
    });
  },
};

function textOf({ outputFiles }: { readonly outputFiles: readonly OutputFile[] }): string {
  const [file] = outputFiles;
  if (file === undefined) throw new Error("esbuild wrote nothing");
  return file.text.trimEnd();
}
