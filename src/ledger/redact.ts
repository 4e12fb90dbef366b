import type { Erased, Event } from "../core/event.ts";
import type { Redaction } from "../core/policy.ts";
import { environmentSecrets, findValues } from "./environment-secrets.ts";
import { endsInsideKey, findSecrets, keyWord, looksLikeKeyBody } from "./secrets.ts";
import type { SecretRange } from "./secrets.ts";
import { unescaped } from "./unescape.ts";

/** Takes secrets out before anything is written. What it finds becomes `[redacted:<kind>]`. */
export interface Redactor {
  text(text: string): Redacted<string>;
  /** Every string in it, names of members included. */
  event(event: Event | Erased): Redacted<Event | Erased>;
  /** Text is redacted as text; other content keeps its bytes around what was taken out. */
  bytes(content: string | Uint8Array): Redacted<Uint8Array>;
}

export interface Redacted<T> {
  readonly value: T;
  /** Kind → how many. Empty where nothing was found. */
  readonly found: ReadonlyMap<string, number>;
}

/** Besides credentials that are known by their form, the values of variables that look like one or that the policy names. */
export function makeRedactor(
  { enabled, env: names }: Redaction,
  env: Readonly<Record<string, string | undefined>>,
): Redactor {
  const values = enabled ? environmentSecrets(env, names) : [];
  const redact = (text: string, count: Count): string => {
    if (!enabled || text.length < shortest) return text;
    const ranges = views(text).flatMap((view) =>
      [...findSecrets(view.text), ...findValues(view.text, values)].map((range) => ({
        kind: range.kind,
        start: view.origin(range.start),
        end: view.origin(range.end),
      })),
    );
    return ranges.length === 0 ? text : replace(text, ranges, count);
  };
  // Most events hold no secret. Their JSON, read as a whole and with its escapes, shows whatever a text in them would.
  const suspicious = (json: string): boolean =>
    json.includes(keyWord) ||
    views(json).some(
      (view) => findSecrets(view.text).length > 0 || !findValues(view.text, values).next().done,
    );
  return {
    text: (text) => counting((count) => redact(text, count)),
    event: (event) =>
      counting((count) =>
        enabled && suspicious(JSON.stringify(event)) ? deep(event, redact, count) : event,
      ),
    bytes: (content) =>
      counting((count) => {
        if (typeof content === "string") return encoder.encode(redact(content, count));
        const text = decoded(content);
        const clean = text === undefined ? undefined : redact(text, count);
        if (clean !== undefined) return clean === text ? content : encoder.encode(clean);
        const raw = Buffer.from(content).toString("latin1");
        const cleanRaw = redact(raw, count);
        return cleanRaw === raw ? content : Buffer.from(cleanRaw, "latin1");
      }),
  };
}

type Count = Map<string, number>;
type RedactText = (text: string, count: Count) => string;

// No secret that is looked for is shorter.
const shortest = 4;
const encoder = new TextEncoder();

function counting<T>(act: (count: Count) => T): Redacted<T> {
  const found: Count = new Map();
  return { value: act(found), found };
}

interface View {
  readonly text: string;
  /** Where in the given text a place of this view lies. */
  origin(place: number): number;
}

// The text itself, and what it says when its JSON escapes are read, once or more: tools print JSON inside JSON.
function views(text: string): readonly View[] {
  const found: View[] = [{ text, origin: (place) => place }];
  for (let depth = 0; depth < 4; depth += 1) {
    const outer = found[depth];
    const inner = outer === undefined ? undefined : unescaped(outer.text);
    if (outer === undefined || inner === undefined) break;
    found.push({ text: inner.text, origin: (place) => outer.origin(inner.origin(place)) });
  }
  return found;
}

function replace(text: string, ranges: readonly SecretRange[], count: Count): string {
  const sorted = ranges.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const merged: SecretRange[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last === undefined || range.start >= last.end) merged.push(range);
    else if (range.end > last.end) merged[merged.length - 1] = { ...last, end: range.end };
  }
  let result = "";
  let done = 0;
  for (const { kind, start, end } of merged) {
    result += `${text.slice(done, start)}[redacted:${kind}]`;
    done = end;
    count.set(kind, (count.get(kind) ?? 0) + 1);
  }
  return result + text.slice(done);
}

// Redaction changes texts and nothing else about a value, so its type stays what it was.
function deep<T>(event: T, redact: RedactText, count: Count): T {
  let insideKey = false;
  const line = (text: string): string => {
    if (insideKey && looksLikeKeyBody(text)) {
      insideKey = !text.includes("-----END");
      count.set("private-key", (count.get("private-key") ?? 0) + 1);
      return "[redacted:private-key]";
    }
    insideKey = endsInsideKey(text);
    return redact(text, count);
  };
  const walk = (value: unknown, name: string): unknown => {
    if (typeof value === "string") return isOwnWord(name, value) ? value : line(value);
    if (Array.isArray(value)) return value.map((item) => walk(item, name));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [redact(key, count), walk(member, key)]),
    );
  };
  return walk(event, "") as T;
}

// A password such as `finished` must not break the words that tell events apart.
function isOwnWord(name: string, value: string): boolean {
  return tags.has(name) && /^[A-Za-z_.]{1,24}$/.test(value);
}

const tags = new Set([
  "type",
  "kind",
  "verdict",
  "severity",
  "phase",
  "gate",
  "stop",
  "by",
  "reason",
  "source",
]);

function decoded(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch (error) {
    // The decoder's way to say that this is no UTF-8.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
