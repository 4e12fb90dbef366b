import { stringify } from "yaml";
import { sha256 } from "../core/digest.ts";
import type { Proposal } from "./detect.ts";
import type { Found, FoundCheck } from "./stacks/stack.ts";

/** Names of what `surefoot init` may write, relative to the repository root. */
export const starterFiles = ["surefoot.yaml", "surefoot.task.md"] as const;

/** A first surefoot.yaml from what was detected. `schema` is what the modeline names. */
export function starterPolicy(proposal: Proposal, { schema }: { readonly schema: string }): string {
  const { setup, caches, full, fallback } = proposal;
  const hasTest = full.some(({ kind }) => kind === "test");
  const usable = fallback.some(({ kind }) => kind === "targeted");
  return signed(
    [
      `# yaml-language-server: $schema=${schema}`,
      "# What decides that an agent's work is done here, and what it may touch. Keys left out have defaults:",
      "# `surefoot policy show --origin` prints all of them, and an editor with a YAML server explains each.",
      "version: 1",
      "preset: standard # observe: block only what cannot be undone · strict: smallest budgets, jail required",
      "",
      "# Makes a fresh clone able to run the gates.",
      ...(setup.length === 0
        ? ["# setup:", "#   run:", "#     - <command that installs what the gates need>"]
        : [
            "setup:",
            "  run:",
            ...items(setup, "    "),
            ...(caches.length === 0
              ? []
              : [`  caches: [${caches.map(({ value }) => scalar(value)).join(", ")}]`]),
          ]),
      "",
      "# The gate: every command must exit 0, and a test command must have executed tests.",
      ...(full.length === 0
        ? ["# gates:", "#   full:", "#     - <test command>"]
        : [
            "gates:",
            ...(hasTest ? [] : ["  # No test command was found: add it first in this list."]),
            "  full:",
            ...items(full, "    "),
          ]),
      ...(full.length === 0 ? [] : fallbackLines(fallback, usable)),
      "",
      "# Where agents may work; a task can narrow it further.",
      "# scope:",
      '#   allow: ["src/**", "test/**"]',
      "#   deny: []",
    ],
    "#",
  );
}

/** An example task, to be rewritten. */
export function starterTask(): string {
  return signed(
    [
      "---",
      "title: Say in one line what shall be different",
      "# Narrows the policy's scope to the files of this task.",
      "scope:",
      '  allow: ["**"]',
      "# A command that shows the bug: it fails before the first attempt and must pass after the last.",
      "# reproduce: npm test -- --grep leap",
      "# Sections of the spec that this implements.",
      "sections: []",
    ],
    "#",
    [
      "---",
      "",
      "What is wrong or missing today, as someone meets it.",
      "",
      "What shall hold afterwards, and how one would notice.",
      "",
      "What must stay as it is.",
    ],
  );
}

/** Whether a file is still as `init` wrote it. */
export function starterState(text: string): "unchanged" | "changed" | "foreign" {
  const lines = text.replace(/\r\n/g, "\n").split("\n");
  const at = lines.findIndex((line) => mark.test(line));
  const noted = mark.exec(lines[at] ?? "")?.[1];
  if (noted === undefined) return "foreign";
  return noted === digestOf(lines.toSpliced(at, 1).join("\n")) ? "unchanged" : "changed";
}

const mark = /^# surefoot init ([0-9a-f]{16}):/;

/** Adds the line by which `init --undo` knows its own file. */
function signed(lines: readonly string[], comment: "#", rest: readonly string[] = []): string {
  const whole = [...lines, ...rest, ""].join("\n");
  const line = `${comment} surefoot init ${digestOf(whole)}: as long as nothing is changed, surefoot init --undo removes this file`;
  return [...lines, line, ...rest, ""].join("\n");
}

function digestOf(text: string): string {
  return sha256(text).slice(0, 16);
}

function fallbackLines(fallback: readonly FoundCheck[], usable: boolean): readonly string[] {
  const head =
    "  # Used when no test can be made to run; the change must then be tiny (budgets.patch.under_fallback).";
  if (usable)
    return [
      head,
      "  fallback:",
      ...items(
        fallback.filter(({ kind }) => kind !== "targeted"),
        "    ",
      ),
      ...fallback
        .filter(({ kind }) => kind === "targeted")
        .flatMap(({ value, why }) => [`    - run: ${scalar(value)} # ${why}`, "      targeted: true"]),
    ];
  return [
    `${head}`,
    "  # It needs one documented command that exercises the changed behaviour:",
    "  # fallback:",
    ...fallback.map(({ value }) => `  #   - ${scalar(value)}`),
    "  #   - run: <that command>",
    "  #     targeted: true",
  ];
}

function items(found: readonly Found[], indent: string): readonly string[] {
  const width = Math.max(0, ...found.map(({ value }) => scalar(value).length));
  return found.map(
    ({ value, why }) =>
      `${indent}- ${scalar(value).padEnd(Math.min(width, 40))} # ${why.replace(/\s+/g, " ")}`,
  );
}

function scalar(value: string): string {
  return stringify(value, { lineWidth: 0 }).trimEnd();
}
