import type { Host } from "../core/ports.ts";
import { fieldsOf, isFields, listOf, parseJson, textOf } from "./fields.ts";
import type { Fields } from "./fields.ts";
import { startsHook } from "./hook-command.ts";

/** The text of Codex's two files, `undefined` where there is none. */
export interface CodexTexts {
  readonly hooks: string;
  readonly config: string | undefined;
}

/**
 * The text of `config.toml` with surefoot's hook marked as trusted: Codex passes over a hook that is not, without a word.
 * Codex itself (`codex app-server`) works it out, in a folder of its own, so that its own one stays as it is. `undefined`
 * where there is no Codex, or none that does this.
 */
export async function trustedConfig(
  host: Pick<Host, "files" | "env" | "spawn" | "which">,
  home: string,
  { hooks, config }: CodexTexts,
): Promise<string | undefined> {
  const codex = await host.which("codex");
  if (codex === undefined) return undefined;
  const folder = await host.files.makeTempFolder("surefoot-codex-");
  try {
    await host.files.write(`${folder}/hooks.json`, hooks);
    if (config !== undefined) await host.files.write(`${folder}/config.toml`, config, 0o600);
    const answers = await converse(host, [codex, "app-server"], folder);
    if (!answers) return undefined;
    const text = await host.files.readText(`${folder}/config.toml`);
    return text?.replaceAll(`${folder}/hooks.json`, `${home}/hooks.json`);
  } finally {
    await host.files.remove(folder);
  }
}

const patienceMs = 20_000;

/** Asks for the hooks' hashes and writes them down as trusted. Says whether that went well. */
async function converse(
  host: Pick<Host, "env" | "spawn">,
  run: readonly [string, ...string[]],
  folder: string,
): Promise<boolean> {
  const running = host.spawn({
    run,
    cwd: folder,
    env: { PATH: host.env["PATH"] ?? "", HOME: folder, CODEX_HOME: folder },
    timeoutMs: patienceMs,
    outputBytes: 4 * 1024 * 1024,
  });
  const send = (message: object): void =>
    running.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const clientInfo = { name: "surefoot", version: "1" };
  send({ id: 1, method: "initialize", params: { clientInfo } });
  try {
    for await (const line of running.lines) {
      const answer = fieldsOf(parseJson(line));
      const result = answer["result"];
      if (answer["id"] === undefined) continue;
      if (!isFields(result)) return false;
      switch (answer["id"]) {
        case 1:
          send({ method: "initialized" });
          send({ id: 2, method: "hooks/list", params: { cwds: [folder] } });
          break;
        case 2: {
          const value = trustIn(result);
          if (value === undefined) return false;
          const edits = [{ keyPath: "hooks.state", value, mergeStrategy: "upsert" }];
          send({ id: 3, method: "config/batchWrite", params: { edits } });
          break;
        }
        case 3:
          return result["status"] === "ok";
      }
    }
    return false;
  } finally {
    running.kill();
    await running.ended;
  }
}

/** The keys and hashes of surefoot's own hooks in the answer to `hooks/list`. */
function trustIn(result: Fields): Fields | undefined {
  const found = listOf(result["data"])
    .flatMap((one) => listOf(fieldsOf(one)["hooks"]))
    .filter(isFields)
    .filter((hook) => startsHook(hook["command"]))
    .flatMap((hook) => {
      const key = textOf(hook, "key");
      const hash = textOf(hook, "currentHash");
      return key === undefined || hash === undefined ? [] : [[key, { trusted_hash: hash }] as const];
    });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}
