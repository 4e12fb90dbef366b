export interface ProviderSettings {
  /** Lines for the top of a `config.toml`. */
  readonly top: string;
  /** Tables for its end. */
  readonly tables: string;
  /** Environment variables that hold the providers' keys. */
  readonly keys: readonly string[];
  /** Whether a provider of the user's own is chosen, which may need no key. */
  readonly ownProvider: boolean;
}

const kept =
  /^(model|model_provider|model_reasoning_effort|model_context_window|openai_base_url|chatgpt_base_url|forced_login_method|cli_auth_credentials_store)\s*=/;

/**
 * The part of the user's `config.toml` that says which model is called, where and as whom. Everything else (hooks, trust,
 * MCP servers, sandbox) is left out. It works by line and keeps single-line values and `[model_providers.*]` tables.
 */
export function providerSettings(toml: string): ProviderSettings {
  const top: string[] = [];
  const tables: string[] = [];
  let table: string | undefined;
  for (const line of toml.split(/\r?\n/)) {
    const header = /^\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(#.*)?$/.exec(line);
    if (header !== null) table = header[1] ?? "";
    if (table === undefined) {
      if (kept.test(line)) top.push(line);
    } else if (/^model_providers(\.|$)/.test(table)) tables.push(line);
  }
  const text = tables.join("\n");
  const keys = [...text.matchAll(/^\s*env_key\s*=\s*["']([A-Za-z_]\w*)["']/gm)].map(
    (match) => match[1] ?? "",
  );
  return {
    top: top.join("\n"),
    tables: text,
    keys,
    ownProvider: top.some((line) => line.startsWith("model_provider")) && keys.length === 0,
  };
}
