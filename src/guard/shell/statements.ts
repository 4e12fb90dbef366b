import type { Call } from "./command.ts";
import { lookUp } from "./lookup.ts";
import type { Arg, Output, Shell } from "./shell.ts";

const clients =
  /^(psql|pgcli|mysql|mariadb|mycli|sqlite3?|sqlcmd|duckdb|clickhouse(-client)?|cqlsh|mongosh?|redis-cli|usql|prisma)$/;

/** Whether a program sends what stands on its input to a database. */
export function takesStatements(program: string): boolean {
  return clients.test(program);
}

/** What a file of this machine that stands on the standard input holds, where that is known. */
export function inputOf({ stdin }: Call, shell: Shell): Output {
  const text =
    stdin.kind === "unknown" && stdin.file !== undefined ? lookUp(stdin.file.value, shell)?.text : undefined;
  return text === undefined ? stdin : { kind: "text", text };
}

/** A database client with the file of statements that it is given as its input, as far as that file is known. */
export function withStatements(name: string, args: readonly Arg[], shell: Shell, call: Call): Call {
  if (!takesStatements(name)) return call;
  const stdin = inputOf(call, shell);
  const files = args.flatMap((arg, index) => named(arg, args[index + 1]));
  const texts = files.flatMap((file) => lookUp(file.value, shell)?.text ?? []);
  if (texts.length === 0) return { ...call, stdin };
  const given = stdin.kind === "text" ? [stdin.text] : [];
  return { ...call, stdin: { kind: "text", text: [...given, ...texts].join("\n;\n") } };
}

function named(option: Arg, value: Arg | undefined): readonly Arg[] {
  const attached = /^(?:--(?:file|input-file)=|-f(?=.))(.+)$/s.exec(option.value)?.[1];
  if (attached !== undefined) return [{ ...option, value: attached }];
  return /^(-f|--file|--input-file)$/.test(option.value) && value !== undefined ? [value] : [];
}
