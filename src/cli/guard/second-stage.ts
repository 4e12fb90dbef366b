import { askModel } from "../../agents/model/second-stage.ts";
import { openModel } from "../../agents/model/provider.ts";
import type { ModelSettings } from "../../agents/model/provider.ts";
import { canonical } from "../../core/canonical.ts";
import { sha256 } from "../../core/digest.ts";
import type { AskSecond, Host } from "../../core/ports.ts";
import { whyUntrusted } from "../../guard/calibration.ts";
import type { Calibration } from "../../guard/calibration.ts";
import { instructions } from "../../guard/second-stage.ts";
import { configFolder } from "../../host/key.ts";
import { readSettings } from "../../policy/settings.ts";

/** A calibration on disk: it holds for one model at one address with one wording of the question. */
export interface KeptCalibration {
  readonly of: string;
  readonly measured: Calibration;
}

/** The model of the user's settings; `undefined` where none is set up. */
export async function modelSettings(host: Host): Promise<ModelSettings | undefined> {
  const { second_stage: stage } = await readSettings(host.files, `${configFolder(host)}/config.yaml`);
  if (stage === undefined) return undefined;
  return {
    model: stage.model,
    ...(stage.base_url === undefined ? {} : { baseUrl: stage.base_url }),
    ...(stage.key_env === undefined ? {} : { keyEnv: stage.key_env }),
  };
}

/** Asks the user's model, if there is one. Its answers bind only where its calibration holds. */
export async function openSecondStage(host: Host, signal: AbortSignal): Promise<AskSecond | undefined> {
  const settings = await modelSettings(host);
  if (settings === undefined) return undefined;
  const model = await openModel(settings, host.env);
  const kept = await readCalibration(host);
  const binding =
    kept !== undefined && kept.of === identityOf(settings) && whyUntrusted(kept.measured) === undefined;
  return async (question) => ({
    model: settings.model,
    ...(await askModel(model, question, { signal })),
    binding,
  });
}

export function identityOf({ model, baseUrl }: ModelSettings): string {
  return sha256(canonical({ model, baseUrl: baseUrl ?? "", instructions }));
}

export function calibrationFile(host: Host): string {
  return `${configFolder(host)}/second-stage.json`;
}

async function readCalibration(host: Host): Promise<KeptCalibration | undefined> {
  const text = await host.files.readText(calibrationFile(host));
  if (text === undefined) return undefined;
  const value: unknown = JSON.parse(text);
  return isKept(value) ? value : undefined;
}

function isKept(value: unknown): value is KeptCalibration {
  if (typeof value !== "object" || value === null || !("of" in value) || !("measured" in value)) return false;
  const { of, measured } = value;
  if (typeof of !== "string" || typeof measured !== "object" || measured === null) return false;
  const counts = new Map<string, unknown>(Object.entries(measured));
  return ["harmless", "dangerous", "letThrough", "cleared", "terminated", "unavailable"].every(
    (name) => typeof counts.get(name) === "number",
  );
}
