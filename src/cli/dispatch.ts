import { parseArgs } from "node:util";
import { Fault, faultExits } from "../core/fault.ts";
import type { CliCommand, CliInput, Io } from "./command.ts";
import { commands } from "./commands/index.ts";
import { renderFault } from "./render-fault.ts";
import { renderCommandHelp, renderHelp } from "./help.ts";
import { version } from "./version.ts";

/** Finds the command, parses its options, runs it, and renders a `Fault` where it throws one. Bugs crash with their stack. */
export async function dispatch(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  const json = beforeDashes(args).includes("--json");
  try {
    if (name === undefined || name === "--help" || name === "-h") return await help(rest, io);
    if (name === "help") return await help(rest, io);
    if (name === "--version" || name === "-V") {
      io.out(`surefoot ${version}\n`);
      return 0;
    }
    const command = await find(name);
    if (beforeDashes(rest).some((word) => word === "--help" || word === "-h")) {
      io.out(renderCommandHelp(command));
      return 0;
    }
    return await command.run(parse(command, rest), io);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (json) io.out(`${JSON.stringify(faultDocument(error))}\n`);
    else io.err(renderFault(error, io.screen));
    return faultExits[error.code];
  }
}

async function help([topic]: readonly string[], io: Io): Promise<number> {
  io.out(topic === undefined ? renderHelp(await all()) : renderCommandHelp(await find(topic)));
  return 0;
}

function all(): Promise<readonly CliCommand[]> {
  return Promise.all(Object.values(commands).map((load) => load()));
}

async function find(name: string): Promise<CliCommand> {
  const load = new Map<string, () => Promise<CliCommand>>(Object.entries(commands)).get(name);
  if (load !== undefined) return load();
  throw new Fault("usage/invalid", `there is no command \`${name}\``, {
    hint: `one of: ${Object.keys(commands).join(", ")}`,
  });
}

function parse(command: CliCommand, args: readonly string[]): CliInput {
  const cut = args.indexOf("--");
  const own = cut === -1 ? args : args.slice(0, cut);
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, { type, short, multiple }]) => [
      name,
      { type, ...(short === undefined ? {} : { short }), ...(multiple === undefined ? {} : { multiple }) },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...own],
      options,
      allowPositionals: true,
      strict: true,
    });
    return { values, positionals, rest: cut === -1 ? [] : args.slice(cut + 1) };
  } catch (error) {
    // parseArgs throws TypeErrors with these codes for what a user typed, and only for that.
    if (error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS_"))
      throw new Fault("usage/invalid", error.message.split(". ")[0] ?? error.message, {
        hint: `see \`surefoot help ${command.name}\``,
        cause: error,
      });
    throw error;
  }
}

function beforeDashes(args: readonly string[]): readonly string[] {
  const cut = args.indexOf("--");
  return cut === -1 ? args : args.slice(0, cut);
}

function faultDocument(fault: Fault): Readonly<Record<string, unknown>> {
  const { code, message, hint, where } = fault;
  return {
    schemaVersion: 1,
    error: { code, says: message, hint, ...(where === undefined ? {} : { where }) },
  };
}
