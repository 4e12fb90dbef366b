import { Fault } from "../../core/fault.ts";
import type { Preset } from "../../core/policy.ts";
import type { PolicyRequest } from "../../policy/load.ts";
import { text, texts } from "../command.ts";
import type { CliInput } from "../command.ts";

/** What the command line says about the policy, in the policy's own terms, so that `origin` can name it. */
export function overridesOf(input: CliInput): Pick<PolicyRequest, "preset" | "service" | "overrides"> {
  const preset = presetOf(text(input, "preset"));
  const service = text(input, "service");
  const iterations = numberOf(input, "max-iterations", Number.isInteger);
  const cost = numberOf(input, "max-cost", Number.isFinite);
  const time = text(input, "max-time");
  const gate = texts(input, "gate");
  const budgets = {
    ...(iterations === undefined ? {} : { iterations }),
    ...(cost === undefined ? {} : { cost_usd: cost }),
    ...(time === undefined ? {} : { wall_time: time }),
  };
  const overrides = {
    ...(Object.keys(budgets).length === 0 ? {} : { budgets }),
    ...(gate.length === 0 ? {} : { gates: { full: [...gate] } }),
  };
  return {
    ...(preset === undefined ? {} : { preset }),
    ...(service === undefined ? {} : { service }),
    ...(Object.keys(overrides).length === 0 ? {} : { overrides }),
  };
}

function presetOf(value: string | undefined): Preset | undefined {
  if (value === undefined || value === "observe" || value === "standard" || value === "strict") return value;
  throw new Fault("usage/invalid", `--preset ${value} is not known`, {
    hint: "one of: observe, standard, strict",
  });
}

function numberOf(input: CliInput, name: string, fine: (value: number) => boolean): number | undefined {
  const value = text(input, name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (value.trim() !== "" && fine(number) && number > 0) return number;
  throw new Fault("usage/invalid", `--${name} ${value} is not a number above 0`, {
    hint: `as in --${name} 3`,
  });
}
