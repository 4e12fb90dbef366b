import { canonical } from "../core/canonical.ts";
import { sha256 } from "../core/digest.ts";
import { Fault } from "../core/fault.ts";
import type { CompiledPolicy, GuardPolicy, Loosened, Origin, Policy, Preset } from "../core/policy.ts";
import type { Files } from "../core/ports.ts";
import { contradictions } from "./consistency.ts";
import { customProblems, exampleProblems } from "./custom-check.ts";
import type { TryExamples } from "./custom-check.ts";
import { readDocument, writePath } from "./document.ts";
import type { FieldPath, SourceDocument } from "./document.ts";
import { settleGuard } from "./guard-trust.ts";
import type { GuardTrust, Settled } from "./guard-trust.ts";
import { laidOver } from "./merge.ts";
import type { LayerSource } from "./merge.ts";
import { blankPolicy } from "../core/blank-policy.ts";
import { packageFile } from "./package-files.ts";
import { faultOf, inOrder } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { policySchema, settingsSchema } from "./schema.ts";
import type { PolicySource } from "./schema.ts";
import { loadTaxonomies } from "./taxonomies.ts";
import { loosenings } from "./tighten.ts";
import { validate } from "./validate.ts";

export interface PolicyRequest {
  readonly files: Files;
  /** Absolute path of the repository root. */
  readonly root: string;
  /** Reads a file of the repository by its relative path; CI reads from the base commit. Default: from `root`. */
  readonly read?: (path: string) => Promise<string | undefined>;
  /** Stands for the `preset` key of surefoot.yaml, from the command line. */
  readonly preset?: Preset;
  /** Name of a service: `services/<name>.yaml` is laid over surefoot.yaml. */
  readonly service?: string;
  /** Values from the command line, in the terms of surefoot.yaml. They replace what the files say. */
  readonly overrides?: PolicySource;
  /** Absolute path of the user's own settings; without it no local file is trusted. */
  readonly userSettings?: string;
  /** Which files may loosen the guard. Without it surefoot.yaml may, and a loosening in surefoot.local.yaml is a problem. */
  readonly trust?: GuardTrust;
  /** Judges the examples of custom rules; without it they are taken as they are. */
  readonly tryExamples?: TryExamples;
  /** Whether surefoot.local.yaml is read. CI reads none: it belongs to one person's checkout. Default true. */
  readonly local?: boolean;
}

export interface Examined {
  /** Every problem in every file, in reading order. */
  readonly problems: readonly Problem[];
  /** `undefined` when there is a problem. */
  readonly compiled: CompiledPolicy | undefined;
  /** Texts that were read, by file name, for code frames. */
  readonly texts: ReadonlyMap<string, string>;
}

/** The policy of a repository, whole: presets, files, overlays and command line merged, each field with its origin. */
export async function loadPolicy(request: PolicyRequest): Promise<CompiledPolicy> {
  const { problems, compiled } = await examinePolicy(request);
  const [first, ...others] = problems;
  if (first !== undefined) throw faultOf("policy/invalid", first, others);
  if (compiled === undefined) throw new Error("a policy without a problem was not compiled");
  return compiled;
}

/** As `loadPolicy`, with problems as values. Throws `policy/not-found` for a service that has no file. */
export async function examinePolicy(request: PolicyRequest): Promise<Examined> {
  const { files, root, service } = request;
  const read = request.read ?? ((path: string) => files.readText(`${root}/${path}`));
  const own = layerOf("surefoot.yaml", await read("surefoot.yaml"), "surefoot.yaml");
  const misnamed = own === undefined && (await read("surefoot.yml")) !== undefined ? [misnamedProblem] : [];
  const preset = request.preset ?? own?.source?.preset ?? "standard";
  const chosen = request.preset !== undefined || own?.source?.preset !== undefined;
  const presets = await presetLayers(files, preset, chosen ? "preset" : "default");
  const overlay = service === undefined ? undefined : await serviceLayer(service, read);
  const local =
    request.local === false
      ? undefined
      : layerOf("surefoot.local.yaml", await read("surefoot.local.yaml"), "surefoot.local.yaml");
  const trust = await trusted(request);
  const line = request.overrides === undefined ? undefined : commandLine(request.overrides);
  const layers = [...presets, own, overlay, local, trust.layer, line].filter((layer) => layer !== undefined);
  const texts = new Map(
    [own, overlay, local, trust.layer].flatMap((layer) =>
      layer === undefined ? [] : [[layer.document.file, layer.document.text] as const],
    ),
  );
  const broken = [...misnamed, ...layers.flatMap((layer) => layer.problems), ...customProblems(layers)];
  if (broken.length > 0) return { problems: inOrder(broken), compiled: undefined, texts };

  const merged = layers.reduce(
    (state: Merged, layer) => merge(state, layer, trust),
    startOf(preset, request.preset),
  );
  const misses = merged.problems.length > 0 ? [] : (request.tryExamples?.(merged.policy) ?? []);
  const wrong = contradictions(merged.policy).map((found): Problem => {
    const last = layers.findLast((layer) => layer.source !== undefined && has(layer.source, found.field));
    return {
      where: last?.document.where(found.field) ?? { file: "surefoot.yaml" },
      says: found.says,
      why: found.why,
      fix: found.fix,
    };
  });
  const problems = inOrder([...merged.problems, ...wrong, ...exampleProblems(layers, misses)]);
  if (problems.length > 0) return { problems, compiled: undefined, texts };
  return {
    problems,
    compiled: {
      policy: merged.policy,
      digest: policyDigest(merged.policy),
      origins: [...merged.origins.values()],
      loosened: merged.loosened,
      taxonomy: Object.fromEntries(await loadTaxonomies({ files })),
    },
    texts,
  };
}

/** SHA-256 of the policy's canonical form. */
export function policyDigest(policy: Policy): string {
  return sha256(canonical(policy));
}

interface Layer {
  readonly origin: Origin["source"];
  readonly document: SourceDocument;
  readonly source: LayerSource | undefined;
  readonly problems: readonly Problem[];
}

interface Merged {
  readonly policy: Policy;
  /** The guard of the presets that no file of the repository chose. */
  readonly floor: GuardPolicy;
  readonly loosened: readonly Loosened[];
  readonly origins: ReadonlyMap<string, Origin>;
  readonly problems: readonly Problem[];
}

interface Trust {
  readonly local: boolean;
  readonly settings: string | undefined;
  readonly root: string;
  readonly layer: Layer | undefined;
  readonly guard: GuardTrust | undefined;
  /** Whether the command line chose the preset. */
  readonly presetAsked: boolean;
}

function startOf(preset: Preset, asked: Preset | undefined): Merged {
  const unset = [
    "owners.spec",
    "owners.evaluation",
    "owners.harness",
    "owners.escalation",
    "owners.secondary",
    "spec",
  ];
  const first: Origin = { field: "preset", source: asked === undefined ? "default" : "command line" };
  return {
    policy: { ...blankPolicy, preset },
    floor: blankPolicy.guard,
    loosened: [],
    origins: new Map([
      ["preset", first],
      ...unset.map((field): [string, Origin] => [field, { field, source: "default" }]),
    ]),
    problems: [],
  };
}

function merge(state: Merged, layer: Layer, trust: Trust): Merged {
  if (layer.source === undefined) return state;
  const { preset, policy: before } = { preset: state.policy.preset, policy: state.policy };
  const isOverlay = layer.origin === "service overlay" || layer.origin === "surefoot.local.yaml";
  // The preset was chosen before the layers were laid.
  const laid = {
    ...laidOver(before, layer.source, isOverlay || layer.origin === "user settings" ? "overlay" : "replace"),
    preset,
  };
  const { guard, loosened, ignored } = settled(state, layer, laid.guard, trust);
  const policy = { ...laid, guard };
  const loose = (
    isOverlay ? loosenings(before, policy, { service: layer.origin === "service overlay" }) : []
  ).filter(({ field }) => loosened === undefined || field[0] !== "guard");
  const mayLoosen = layer.origin === "surefoot.local.yaml" && trust.local;
  const left = new Set(ignored.map(writePath));
  const origins = new Map(state.origins);
  for (const path of fieldsOf(layer.source)) {
    const field = writePath(path);
    if (field === "version" || (field === "preset" && origins.get("preset")?.source === "command line"))
      continue;
    if (left.has(field)) continue;
    const allowed = mayLoosen && loose.some((found) => writePath(found.field) === field);
    const { file, line } = layer.document.where(path, "key");
    origins.set(field, {
      field,
      source: allowed ? "user settings" : layer.origin,
      ...(layer.origin === "command line" ? {} : { file }),
      ...(layer.origin === "command line" || line === undefined ? {} : { line }),
    });
  }
  const misplaced = isOverlay && layer.source.preset !== undefined ? [presetProblem(layer)] : [];
  const problems = mayLoosen
    ? []
    : loose.map((found): Problem => ({
        where: { ...layer.document.where(found.field), field: writePath(found.field) },
        says: `loosens the policy from ${found.before} to ${found.after}`,
        why:
          layer.origin === "surefoot.local.yaml"
            ? "this file is not reviewed with the repository, so it may only tighten what the repository says"
            : "a service may tighten what holds for the whole repository, not loosen it",
        fix: `${found.fix}${layer.origin === "surefoot.local.yaml" ? trustHint(trust) : ""}`,
      }));
  return {
    policy,
    floor: isFloor(layer, trust) ? policy.guard : state.floor,
    loosened: loosened === undefined ? state.loosened : [...state.loosened, loosened],
    origins,
    problems: [...state.problems, ...misplaced, ...problems],
  };
}

/** A preset that a file of the repository chooses is as much that file's as what it says itself. */
function isFloor({ origin, document }: Layer, { presetAsked }: Trust): boolean {
  const isPreset = origin === "default" || origin === "preset";
  return isPreset && (presetAsked || document.file === "policies/standard.yaml");
}

function settled(state: Merged, { origin, document }: Layer, after: GuardPolicy, trust: Trust): Settled {
  const committed = origin === "surefoot.yaml";
  if (trust.guard === undefined || !(committed || origin === "surefoot.local.yaml"))
    return { guard: after, loosened: undefined, ignored: [] };
  const digest = sha256(document.text);
  const known = trust.guard.digests.has(digest) || (!committed && trust.local);
  const binds = known || (committed && trust.guard.committed);
  const floor = committed ? state.floor : state.policy.guard;
  return settleGuard(floor, after, { file: document.file, digest, trusted: known, binds });
}

const misnamedProblem: Problem = {
  where: { file: "surefoot.yml", line: 1, column: 1 },
  says: "is not read: the policy's name ends in .yaml",
  why: "a policy that is not read would be taken for one that holds",
  fix: "git mv surefoot.yml surefoot.yaml",
};

function presetProblem({ document }: Layer): Problem {
  return {
    where: document.where(["preset"], "key"),
    says: "can be chosen in surefoot.yaml only",
    why: "a preset replaces every value, and an overlay may only tighten single ones",
    fix: "remove it here, or use --preset for one command",
  };
}

function trustHint({ settings, root }: Trust): string {
  return settings === undefined
    ? ""
    : `; or let your own settings allow it: trust_local: [${root}] in ${settings}`;
}

function layerOf(file: string, text: string | undefined, origin: Origin["source"]): Layer | undefined {
  if (text === undefined) return undefined;
  const { document, problems } = readDocument(file, text);
  if (problems.length > 0) return { origin, document, source: undefined, problems };
  const { value, problems: invalid } = validate(policySchema, document);
  return { origin, document, source: value, problems: invalid };
}

async function presetLayers(
  files: Files,
  preset: Preset,
  origin: "preset" | "default",
): Promise<readonly Layer[]> {
  const names: readonly Preset[] = preset === "standard" ? ["standard"] : ["standard", preset];
  const layers: Layer[] = [];
  for (const name of names) {
    const text = await files.readText(packageFile(`policies/${name}.yaml`));
    const layer = layerOf(`policies/${name}.yaml`, text, origin);
    if (layer === undefined)
      throw new Fault("policy/not-found", `the preset ${name} is not in the package`, {
        hint: "install the package again",
      });
    layers.push(layer);
  }
  return layers;
}

async function serviceLayer(
  service: string,
  read: (path: string) => Promise<string | undefined>,
): Promise<Layer> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(service))
    throw new Fault("usage/invalid", `${JSON.stringify(service)} is not a service name`, {
      hint: "use letters, digits, dots and dashes: the name of a file in services/ without .yaml",
    });
  const file = `services/${service}.yaml`;
  const layer = layerOf(file, await read(file), "service overlay");
  if (layer === undefined)
    throw new Fault("policy/not-found", `there is no ${file}`, {
      where: { file },
      hint: `create ${file} with what differs for this service, or leave the service out`,
    });
  return layer;
}

function commandLine(overrides: PolicySource): Layer {
  const { document } = readDocument("command line", JSON.stringify(overrides));
  const { value, problems } = validate(policySchema, document);
  return {
    origin: "command line",
    document,
    source: value,
    problems: problems.map((problem) => ({
      ...problem,
      where: {
        file: "command line",
        ...(problem.where.field === undefined ? {} : { field: problem.where.field }),
      },
    })),
  };
}

async function trusted({
  files,
  root,
  userSettings: settings,
  trust: guard,
  preset,
}: PolicyRequest): Promise<Trust> {
  const none: Trust = {
    local: false,
    settings,
    root,
    layer: undefined,
    guard,
    presetAsked: preset !== undefined,
  };
  if (settings === undefined) return none;
  const text = await files.readText(settings);
  if (text === undefined) return none;
  const { document, problems } = readDocument(settings, text);
  const checked = problems.length > 0 ? { value: undefined, problems } : validate(settingsSchema, document);
  const source = checked.value?.guard === undefined ? undefined : { guard: checked.value.guard };
  const layer: Layer = { origin: "user settings", document, source, problems: checked.problems };
  const names = new Set([root, await files.real(root)]);
  const local = checked.value?.trust_local?.some((path) => names.has(path.replace(/[\\/]$/, ""))) ?? false;
  return { ...none, local, layer };
}

/** Paths of the fields that a layer sets: lists and single values are fields, maps are not. */
function fieldsOf(value: unknown, path: FieldPath = []): readonly FieldPath[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, member]) =>
    member === undefined ? [] : fieldsOf(member, [...path, key]),
  );
}

function has(source: unknown, path: FieldPath): boolean {
  const [first, ...rest] = path;
  if (first === undefined) return true;
  if (typeof source !== "object" || source === null) return false;
  const member: unknown = Object.entries(source).find(([key]) => key === String(first))?.[1];
  return member !== undefined && has(member, rest);
}
