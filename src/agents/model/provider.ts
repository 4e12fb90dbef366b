import type { LanguageModel } from "ai";
import { Fault } from "../../core/fault.ts";

/** A model that the user named, and where to reach it. */
export interface ModelSettings {
  /** `anthropic:…`, `openai:…`, `google:…`, or `compatible:…` for any server that speaks OpenAI's chat protocol. */
  readonly model: string;
  /** Needed for `compatible`; elsewhere it replaces the provider's own address. */
  readonly baseUrl?: string;
  /** Name of the environment variable that holds the key; each provider has its usual one. */
  readonly keyEnv?: string;
}

/**
 * The model behind a name. Nothing is called yet. Each provider's package is loaded only when it is named.
 * @throws Fault `usage/invalid` for an unknown provider or a missing address, `agent/unavailable` without the named key.
 */
export async function openModel(
  { model, baseUrl, keyEnv }: ModelSettings,
  env: Readonly<Record<string, string | undefined>>,
): Promise<LanguageModel> {
  const cut = model.indexOf(":");
  const provider = model.slice(0, Math.max(cut, 0));
  const name = model.slice(cut + 1);
  const apiKey = keyEnv === undefined ? undefined : env[keyEnv];
  // The provider would take its usual key instead, and send it to an address that it was not made for.
  if (keyEnv !== undefined && (apiKey ?? "") === "")
    throw new Fault("agent/unavailable", `the key of the model ${model} is not in ${keyEnv}`, {
      hint: `set ${keyEnv}, or name another variable as key_env`,
    });
  const given = {
    ...(baseUrl === undefined ? {} : { baseURL: baseUrl }),
    ...(apiKey === undefined ? {} : { apiKey }),
  };
  switch (provider) {
    case "anthropic": {
      const { createAnthropic } = await import("@ai-sdk/anthropic");
      return createAnthropic(given)(name);
    }
    case "openai": {
      const { createOpenAI } = await import("@ai-sdk/openai");
      return createOpenAI(given)(name);
    }
    case "google": {
      const { createGoogleGenerativeAI } = await import("@ai-sdk/google");
      return createGoogleGenerativeAI(given)(name);
    }
    case "compatible": {
      if (baseUrl === undefined)
        throw new Fault("usage/invalid", `the model ${model} has no address`, {
          hint: "set base_url, as in http://127.0.0.1:8080/v1",
        });
      const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
      return createOpenAICompatible({ ...given, name: "compatible", baseURL: baseUrl })(name);
    }
    default:
      throw new Fault("usage/invalid", `no provider is called ${provider || model}`, {
        hint: "write anthropic:<model>, openai:<model>, google:<model> or compatible:<model>",
      });
  }
}
