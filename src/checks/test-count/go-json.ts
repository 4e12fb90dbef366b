import type { TestCountReader } from "../test-count-reader.ts";

/** `go test -json` (test2json): one event a line; only the endings of tests count, packages have no `Test`. */
export const reader: TestCountReader = {
  id: "go",
  read(lines) {
    const endings = new Map<string, string>();
    let from: number | undefined;
    let to = 0;
    lines.forEach((line, index) => {
      const event = parsed(line);
      if (event === undefined) return;
      from ??= index;
      to = index;
      if (event.test !== undefined && /^(?:pass|fail|skip)$/.test(event.action))
        endings.set(`${event.package} ${event.test}`, event.action);
    });
    if (from === undefined) return [];
    const number = (wanted: string): number =>
      [...endings.values()].filter((ending) => ending === wanted).length;
    return [{ from, to, passed: number("pass"), failed: number("fail"), skipped: number("skip") }];
  },
};

// Reading the fields by pattern keeps a torn or foreign line from stopping the count.
function parsed(
  line: string,
): { readonly action: string; readonly package: string; readonly test: string | undefined } | undefined {
  if (!line.startsWith('{"Time":"') && !line.startsWith('{"Action":"')) return undefined;
  const action = /"Action":"([a-z-]+)"/.exec(line)?.[1];
  const from = /"Package":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
  if (action === undefined || from === undefined) return undefined;
  return { action, package: from, test: /"Test":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] };
}
