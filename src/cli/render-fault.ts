import type { Fault } from "../core/fault.ts";
import type { Screen } from "./command.ts";

/** Three lines at most: what happened (and where), what to do, and the code to ask about. */
export function renderFault(fault: Fault, { colour }: Screen): string {
  const red = (text: string): string => (colour ? `\u001b[31m${text}\u001b[39m` : text);
  const dim = (text: string): string => (colour ? `\u001b[2m${text}\u001b[22m` : text);
  const { where } = fault;
  const place =
    where === undefined || fault.message.includes(where.file)
      ? ""
      : `${[where.file, where.line, where.column].filter((part) => part !== undefined).join(":")}: `;
  return `${red("✗")} ${place}${fault.message}\n  ${fault.hint}\n  ${dim(`surefoot explain ${fault.code}`)}\n`;
}
