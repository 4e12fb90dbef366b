import { parseJson } from "./fields.ts";

export interface InnerCall {
  readonly tool: string;
  readonly input: unknown;
}

/**
 * The tool calls in a code-mode script of Codex (JavaScript that calls `tools.exec_command({…})`,
 * `tools.apply_patch("…")`). Only calls whose single argument is a JSON literal can be read; `undefined` where the script
 * mentions its tools in any other way, since then nobody can say what it does.
 */
export function innerCalls(script: string): readonly InnerCall[] | undefined {
  const calls: InnerCall[] = [];
  let rest = script;
  for (;;) {
    const next = /\btools\b/.exec(rest);
    if (next === null) return calls;
    const found = /^tools\s*\.\s*([A-Za-z_]\w*)\s*\(\s*/.exec(rest.slice(next.index));
    if (found === null) return undefined;
    const from = next.index + found[0].length;
    const length = literalLength(rest.slice(from));
    if (length === undefined) return undefined;
    const input = parseJson(rest.slice(from, from + length));
    if (input === undefined || !/^\s*\)/.test(rest.slice(from + length))) return undefined;
    calls.push({ tool: found[1] ?? "", input });
    rest = rest.slice(from + length);
  }
}

/** How long the string or object literal at the start is, in UTF-16 code units. */
function literalLength(text: string): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (quoted) {
      if (char === "\\") index += 1;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === "{" || char === "[") depth += 1;
    else if (char === "}" || char === "]") depth -= 1;
    else if (depth === 0) return undefined;
    if (!quoted && depth === 0) return index + 1;
  }
  return undefined;
}
