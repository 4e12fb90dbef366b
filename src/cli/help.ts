import type { CliCommand } from "./command.ts";

const groups = ["Work", "Learn", "Trust", "Set up"] as const;

export const exitLine =
  "Exit  0 good · 1 bad · 2 could not verify · 3 stopped · 4 no agent · 5 ledger broken";

export function renderHelp(commands: readonly CliCommand[]): string {
  const sections = groups.flatMap((group) => {
    const members = commands.filter((command) => command.group === group);
    return members.length === 0
      ? []
      : [group, ...members.map((command) => `  ${command.name.padEnd(9)} ${command.summary}`)];
  });
  return [
    "surefoot — every agent run ends with a verdict, an owner and a fix",
    "",
    "Try it now (no key, no configuration)",
    "  surefoot run --demo              a recorded agent against real gates, 20 s",
    "",
    ...sections,
    "",
    exitLine,
    "More  surefoot help <command> · surefoot explain <anything that surefoot prints>",
    "",
  ].join("\n");
}

/** One sentence, usage, examples, options by group, exit codes. */
export function renderCommandHelp(command: CliCommand): string {
  const shown = Object.entries(command.options).filter(([, option]) => option.hidden !== true);
  const optionGroups = [...new Set(shown.map(([, option]) => option.group))];
  const left = ([name, option]: (typeof shown)[number]): string =>
    `${option.short === undefined ? "" : `-${option.short}, `}--${name}${option.value === undefined ? "" : ` ${option.value}`}`;
  const width = Math.max(0, ...shown.map((entry) => left(entry).length));
  return [
    `${command.summary}.`,
    "",
    ...command.usage.map((usage) => `  surefoot ${usage}`),
    "",
    "Examples",
    ...command.examples.flatMap(([line, says]) => [`  surefoot ${line}`, `      ${says}`]),
    ...optionGroups.flatMap((group) => [
      "",
      group,
      ...shown
        .filter(([, option]) => option.group === group)
        .map((entry) => `  ${left(entry).padEnd(width)}  ${entry[1].says}`),
    ]),
    "",
    exitLine,
    ...(command.seeAlso.length === 0 ? [] : [`See also  ${command.seeAlso.join(" · ")}`]),
    "",
  ].join("\n");
}
