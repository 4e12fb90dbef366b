import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Event } from "../../../src/core/event.ts";
import { sha256 } from "../../../src/core/digest.ts";
import { renderHtml } from "../../../src/report/render-html.ts";
import { chained, checkRow, patch, reportOf, said } from "./sample-parts.ts";
import { opening, rejectedRun, stoppedRun, verifiedRun } from "./sample-runs.ts";

const five = 5 * 1024 * 1024;
const gzip = (text: string): Uint8Array => gzipSync(text);

test("the policy of the page allows its own style and script by hash, and nothing else", () => {
  const html = renderHtml(reportOf(verifiedRun()));
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? "";
  const hashOf = (tag: string): string => {
    const text = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(html)?.[1] ?? "";
    return `sha256-${Buffer.from(sha256(text), "hex").toString("base64")}`;
  };
  assert.equal(
    policy.replaceAll("&#39;", "'"),
    `default-src 'none'; style-src '${hashOf("style")}'; script-src '${hashOf("script")}'; base-uri 'none'; form-action 'none'`,
  );
  assert.doesNotMatch(html, /\sstyle="|\son\w+="|\bsrc="|<link|<iframe|url\(/);
});

test("a recorded agent is said to be one at the top", () => {
  const html = renderHtml(reportOf(verifiedRun(), { recorded: true }));
  const top = html.slice(0, html.indexOf('<section id="grid"'));
  assert.match(top, /This agent is recorded\./);
  assert.doesNotMatch(renderHtml(reportOf(verifiedRun())), /This agent is recorded\./);
});

test("text from agents and programs never becomes markup", () => {
  const nasty = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\u0007\u202e</pre>";
  const rows = chained("r-nasty", [
    ...opening("r-nasty", nasty),
    { type: "agent.said", iteration: 1, text: nasty },
    {
      type: "check.finished",
      row: checkRow({
        check: nasty,
        command: nasty,
        passed: false,
        says: nasty,
        output: said(`Error: ${nasty}`),
      }),
    },
    {
      type: "finding.reported",
      iteration: 1,
      finding: {
        code: nasty,
        check: nasty,
        severity: "block",
        says: nasty,
        measures: {},
        evidence: [{ path: nasty, excerpt: nasty }],
      },
    },
  ]);
  for (const options of [{}, { gzip }]) {
    const html = renderHtml(
      reportOf(rows, { patch: patch.replaceAll("limit.ts", nasty).replaceAll("burst", nasty) }),
      options,
    );
    assert.equal(html.match(/<script/g)?.length, 2);
    assert.equal(html.match(/<\/script>/g)?.length, 2);
    assert.doesNotMatch(html, /<img|alert\(1\)<\/script><img/);
    const body = html.slice(html.indexOf("<main"), html.indexOf('<script type="application/'));
    // eslint-disable-next-line no-control-regex -- control characters must be gone
    assert.doesNotMatch(body, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  }
});

test("a page stays below five megabytes and says what it left out", () => {
  const noise = (seed: number): string =>
    Array.from({ length: 900 }, (_, line) => `${sha256(`${seed} ${line}`)} Error`).join("\n");
  const checks = Array.from({ length: 120 }, (_, index): Event => ({
    type: "check.finished",
    row: checkRow({
      check: `check-${index % 8}`,
      iteration: 1 + Math.floor(index / 8),
      passed: false,
      output: said(noise(index)),
    }),
  }));
  const huge = Array.from({ length: 60 }, (_, index) =>
    patch
      .replaceAll("limit.ts", `file-${index}.ts`)
      .replace("+Limits", `+${noise(index).replaceAll("\n", "\n+")}`),
  ).join("");
  const report = reportOf(chained("r-large", [...opening("r-large", "codex"), ...checks]), { patch: huge });
  for (const options of [{}, { gzip }]) {
    const html = renderHtml(report, options);
    assert.ok(Buffer.byteLength(html) < five, `${Buffer.byteLength(html)} bytes`);
    assert.match(html, /lines left out: this page would be too large/);
    assert.match(html, /large payloads by digest alone/);
  }
});

test("beyond twenty thousand entries the page embeds the last ones and says so", () => {
  const many = Array.from({ length: 20_500 }, (_, index): Event => ({
    type: "agent.said",
    iteration: 1,
    text: String(index),
  }));
  const html = renderHtml(reportOf(chained("r-endless", [...opening("r-endless", "codex"), ...many])), {
    gzip,
  });
  assert.match(html, /20,000 entries embedded; 510 earlier ones only in the ledger/);
  const packed = /id="ledger"[^>]*>([^<]+)</.exec(html)?.[1] ?? "";
  const ledger = JSON.parse(gunzipSync(Buffer.from(packed, "base64")).toString()) as {
    from: { seq: number };
    rows: unknown[];
  };
  assert.deepEqual([ledger.from.seq, ledger.rows.length], [510, 20_000]);
  assert.ok(html.length < five);
});

test("the first failing line is marked, and the lines far from it are folded", () => {
  const output = [
    ...Array.from({ length: 80 }, (_, index) => `line ${index}`),
    "Error: here it broke",
    ...Array.from({ length: 80 }, (_, index) => `later ${index}`),
  ].join("\n");
  const html = renderHtml(
    reportOf(
      chained("r-1", [
        ...opening("r-1", "codex"),
        { type: "check.finished", row: checkRow({ check: "unit", passed: false, output: said(output) }) },
      ]),
    ),
  );
  assert.match(
    html,
    /<mark class="l"><span class="n" aria-hidden="true">81<\/span>Error: here it broke<\/mark>/,
  );
  assert.match(html, /<summary>75 lines before<\/summary>/);
  assert.match(html, /<summary>46 lines after<\/summary>/);
});

test("every link of the page leads to a place in it, and no place is there twice", () => {
  for (const rows of [verifiedRun(), stoppedRun(), rejectedRun()]) {
    const html = renderHtml(reportOf(rows, { patch }));
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1] ?? "");
    const links = [...html.matchAll(/href="#([^"]+)"/g)].map((match) => match[1] ?? "");
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual(
      links.filter((link) => !ids.includes(link)),
      [],
    );
  }
});
