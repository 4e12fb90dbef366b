import { z } from "zod";
import { durationPattern } from "./duration.ts";
import { globPattern, globProblem } from "./glob.ts";
import { guardSchema, userGuardSchema } from "./guard-schema.ts";

/**
 * `surefoot.yaml` as it is written: every key may be left out, and a key that is not listed is an error. Each
 * description says what the value is for, its default and where the default comes from; editors show them.
 */

const duration = (says: string) =>
  z
    .string()
    .regex(durationPattern)
    .describe(`${says} A whole number and a unit: ms, s, m, h or d, as in 90s or 10m.`);
const count = (says: string) => z.int().min(1).max(1_000_000_000).describe(says);
const line = (says: string) => z.string().min(1).max(4000).describe(says);
const glob = z
  .string()
  .regex(globPattern)
  .refine((text) => globProblem(text) === undefined);
const globs = (says: string) => z.array(glob).max(1000).describe(says);

export const scopeSchema = z.strictObject({
  allow: globs(
    "Globs of files that may change. Default: ** (every file). A task may narrow this, never widen it.",
  ).optional(),
  deny: globs(
    "Globs of files that may not change even where allow matches. Default: none; the guard's rules protect CI files, git's own files and surefoot's configuration besides.",
  ).optional(),
});

const patchLimit = (says: string) =>
  z
    .strictObject({
      files: count("Changed files.").optional(),
      lines: count("Added plus removed lines.").optional(),
    })
    .describe(says);

const checkName = z.string().regex(/^[^\s"'`](?:[^\n"'`]{0,58}[^\s"'`])?$/);

const check = z
  .strictObject({
    name: checkName
      .describe(
        "A short name, unique in its gate; waivers and reports use it. Default: the tool and what it does, from the command.",
      )
      .optional(),
    run: line("Shell command, run at the root of the workspace. It must exit 0 to pass."),
    timeout: duration(
      "Longest time the command may take. Default 15m: upper step timeout of AI-First Software Engineering, chapter 7.",
    ).optional(),
    tests: z
      .enum(["auto", "required", "none"])
      .describe(
        "Whether executed tests are counted: required fails when none is seen, none never counts, auto decides by the command and its output. Default auto.",
      )
      .optional(),
    junit: glob
      .describe("Glob of JUnit XML files that the command writes; counts are read from them first.")
      .optional(),
    when_red_before: z
      .enum(["must_fix", "report"])
      .describe(
        "What a failure means that was there before the first attempt and is still the same: must_fix keeps the gate red, report shows it as pre-existing and goes on. Default must_fix: a pass is every check at exit 0 (harness engineering, pass criteria).",
      )
      .optional(),
    reruns: z
      .int()
      .min(0)
      .max(10)
      .describe(
        "Reruns of a failing check that may show that it is flaky; each is recorded. Default 0: stop on a repeated failure unless a recorded rerun count relaxes it (harness engineering, stop conditions).",
      )
      .optional(),
    targeted: z
      .boolean()
      .describe(
        "In the fallback gate: this is the documented command that exercises the changed behaviour. At least one fallback check must be. Default false.",
      )
      .optional(),
  })
  .describe("One check of a gate.");

export const checkSchema = z
  .union([line("A shell command; short for a check with only run."), check])
  .describe("A shell command, or a check with run and more.");

const checks = (says: string) => z.array(checkSchema).max(50).describe(says);

const owner = (says: string) =>
  line(`${says} Free text: a person, a team, an address. Nothing is sent to it.`).optional();

const waiver = z
  .strictObject({
    id: line("Unique id, printed wherever the waiver is applied."),
    what: line("Name of the check, or code of the finding, that may stay red."),
    diff: z
      .string()
      .regex(/^diff:[0-9a-f]{64}$/)
      .describe(
        "Fingerprint of the one diff that it holds for: diff: and 64 hex digits, as the report prints it.",
      ),
    reason: line("Why it is right to go on."),
    approver: line("The person who decided it."),
    expires: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/)
      .describe("UTC date, or date and time ending in Z, from which the waiver is void."),
  })
  .describe("A recorded decision to go on despite a finding or a failing check. It is not a pass.");

export const policySchema = z
  .strictObject({
    version: z.literal(1).describe("Version of this file's format. Only 1 exists.").optional(),
    preset: z
      .enum(["observe", "standard", "strict"])
      .describe(
        "What everything below starts from. observe decides and records and blocks only what cannot be undone; standard enforces every rule; strict has the smallest budgets and requires a jail. Default standard.",
      )
      .optional(),
    protected_branches: z
      .array(glob)
      .min(1)
      .max(200)
      .describe(
        "Globs of branches that nobody pushes to, rewrites or deletes. Default: main, master, trunk, develop, production, release/** (The Architecture of Intent, CI guard 2).",
      )
      .optional(),
    scope: scopeSchema
      .describe("Which files may change, as globs relative to the repository root.")
      .optional(),
    budgets: z
      .strictObject({
        iterations: count(
          "Attempts before the run stops. Default 3: the example kernel of AI-First Software Engineering, chapter 3; strict 2, the rename example of harness engineering.",
        ).optional(),
        wall_time: duration(
          "Time for the whole run, setup and gates included. Default 30m: sessions longer than that escalate in The Architecture of Intent, launch gate.",
        ).optional(),
        tokens: z
          .strictObject({
            soft: count(
              "Tokens from which the run carries a warning. Default 150000: soft cap of the cost posture in The Architecture of Intent.",
            ).optional(),
            hard: count(
              "Tokens at which the run stops. Default 300000: hard cap of the same cost posture.",
            ).optional(),
          })
          .describe("Input plus output tokens of the whole run.")
          .optional(),
        cost_usd: z
          .number()
          .positive()
          .max(1_000_000)
          .describe(
            "US dollars for the whole run, as far as the agent reports its cost. Default 4.5: ceiling per merged change in the same cost posture.",
          )
          .optional(),
        patch: z
          .strictObject({
            per_call: patchLimit(
              "Limit of one patch call. Default 1 file, 200 lines: one file a call by the apply-patch contract, lines of tier 1 of the patch locality budget; strict 120 lines, the larger kernel example.",
            ).optional(),
            per_attempt: patchLimit(
              "Limit of what one attempt changes. Default 10 files, 800 lines: tier 2 of the patch locality budget; strict has tier 1, 3 files and 200 lines.",
            ).optional(),
            total: patchLimit(
              "Limit of the difference between base and result over the whole run. Default 10 files, 800 lines: tier 2, which holds per patch and per run; strict has tier 1.",
            ).optional(),
            under_fallback: patchLimit(
              "Limit per attempt and in total when only the fallback gate can run. Default 1 file, 20 lines: the size example of harness engineering; strict 1 file, 10 lines.",
            ).optional(),
          })
          .describe("How large a change may be (patch locality budget).")
          .optional(),
        dispatches: count(
          "Failed starts of an agent before the run gives up. Default 2: one retry, as in the Agentic SDLC Handbook, anti-patterns.",
        ).optional(),
        strikes: count(
          "Refused actions in one turn after which the turn ends. Default 3: ClayBuddy, the third refused action.",
        ).optional(),
      })
      .describe("Where a run stops. Reaching a budget is a stop with a reason, never a cut without a word.")
      .optional(),
    gates: z
      .strictObject({
        full: checks(
          "The gate: commands in order, for example tests, then types and lint, then the build.",
        ).optional(),
        fallback: checks(
          "The gate when no test command can be made to run: what is there of types, lint and build, and a targeted command. The change is then held to budgets.patch.under_fallback.",
        ).optional(),
      })
      .describe("What decides that work is acceptable.")
      .optional(),
    setup: z
      .strictObject({
        run: z
          .array(line("A shell command."))
          .max(50)
          .describe("Commands that make a fresh clone able to run its gates, in order. Default: none.")
          .optional(),
        caches: z
          .array(z.string().regex(/^(~\/|\/)(?!.*(^|\/)\.\.(\/|$)).*[^/]$/))
          .max(100)
          .describe(
            "Folders outside the workspace that setup and gates may write to: absolute, or starting with ~/. Default: none.",
          )
          .optional(),
        timeout: duration(
          "Longest time for all setup commands together. Default 15m: upper step timeout of AI-First Software Engineering, chapter 7.",
        ).optional(),
      })
      .describe("What makes a fresh workspace ready.")
      .optional(),
    guard: guardSchema.optional(),
    jail: z
      .enum(["auto", "off", "required"])
      .describe(
        "Whether the agent is confined: auto uses what the machine has and says so, required stops without it. Default auto; strict required.",
      )
      .optional(),
    owners: z
      .strictObject({
        spec: owner("Who mends what was underspecified."),
        evaluation: owner("Who mends what the evaluation missed."),
        harness: owner("Who mends the harness."),
        escalation: owner("Who is asked when a run needs a person."),
        secondary: owner("Who is asked when escalation does not answer."),
      })
      .describe("Who owns which kind of failure.")
      .optional(),
    redaction: z
      .strictObject({
        enabled: z
          .boolean()
          .describe("Whether secrets are removed before anything is written. Default true.")
          .optional(),
        env: z
          .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/))
          .max(500)
          .describe(
            "Environment variables whose values are never written, besides those that look like credentials.",
          )
          .optional(),
      })
      .describe("What is kept out of the ledger.")
      .optional(),
    retention: z
      .strictObject({
        artifacts: z
          .string()
          .regex(/^[1-9][0-9]{0,4}d$/)
          .describe(
            "How long large outputs are kept, in days, as in 30d. Entries of the ledger are never dropped. Default 30d.",
          )
          .optional(),
      })
      .describe("How long things are kept.")
      .optional(),
    waivers: z
      .array(waiver)
      .max(500)
      .describe("Decisions to go on despite something red. Default: none.")
      .optional(),
    spec: z
      .string()
      .regex(globPattern)
      .describe("Path of the spec file, relative to the repository root, if the project has one.")
      .optional(),
  })
  .describe("Policy of surefoot for this repository.");

export type PolicySource = z.infer<typeof policySchema>;
export type CheckSource = z.infer<typeof checkSchema>;

/** The front matter of a task file. */
export const taskSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
    .describe("Letters, digits, dots, dashes. Default: task- and 8 hex digits of the text's digest.")
    .optional(),
  title: z
    .string()
    .min(1)
    .max(200)
    .describe("One line. Default: the first heading, or the first line.")
    .optional(),
  scope: scopeSchema.describe("Narrows the policy's scope; it never widens it.").optional(),
  reproduce: line(
    "A command that shows the bug: it must fail before the first attempt and pass after the last.",
  ).optional(),
  sections: z
    .array(z.union([z.string().min(1), z.number()]))
    .max(100)
    .describe("Numbers or names of the spec sections that the task implements.")
    .optional(),
});

export type TaskSource = z.infer<typeof taskSchema>;

/** The user's own settings, outside every repository. */
export const settingsSchema = z.strictObject({
  trust_local: z
    .array(z.string().regex(/^(\/|[A-Za-z]:[\\/])/))
    .describe("Absolute paths of repositories whose surefoot.local.yaml may loosen the policy.")
    .optional(),
  guard: userGuardSchema.optional(),
  second_stage: z
    .strictObject({
      model: z
        .string()
        .regex(/^(anthropic|openai|google|compatible):.+$/)
        .describe(
          "The model that is asked about commands that are risky but unproven, as in anthropic:<model> or compatible:<model>.",
        ),
      base_url: z
        .url()
        .describe("Address of the model's server; needed for compatible:, elsewhere the provider's own.")
        .optional(),
      key_env: z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
        .describe("Environment variable that holds the key. Default: the provider's usual one.")
        .optional(),
    })
    .describe(
      "Optional second stage of the guard. Off by default: it sends commands and the task's words to the model named here, so no repository can turn it on. Its answers count only after `surefoot guard calibrate`.",
    )
    .optional(),
});

/** The JSON Schema (draft 7, what editors' YAML servers read) of `surefoot.yaml`. */
export function policyJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(policySchema, { target: "draft-7", io: "input" });
  return { $schema, title: "surefoot policy", ...rest };
}
