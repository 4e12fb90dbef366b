import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { ChainedRow } from "../../src/core/chain.ts";
import { renderHtml } from "../../src/report/render-html.ts";
import type { RunReport } from "../../src/report/report-model.ts";
import { chromiumOrReason, startChromium } from "../support/chromium.ts";
import { chained, patch, reportOf } from "../unit/report/sample-parts.ts";
import { opening, rejectedRun, stoppedRun, verifiedRun } from "../unit/report/sample-runs.ts";

const found = chromiumOrReason();
const skip = "reason" in found ? found.reason : false;
const gzip = (text: string): Uint8Array => gzipSync(text);

const runs = {
  verified: reportOf(verifiedRun(), { recorded: true, patch }),
  stopped: reportOf(stoppedRun(), { patch }),
  rejected: reportOf(rejectedRun(), { patch }),
} as const;

const withRows = (report: RunReport, rows: readonly ChainedRow[]): RunReport => ({
  ...report,
  ledger: { ...report.ledger, rows },
});

describe("the report page", { skip }, () => {
  let browser: Browser;
  let folder: string;
  let requests: string[] = [];
  let errors: string[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "surefoot-report-"));
    browser = await startChromium("path" in found ? found.path : "");
  });
  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  async function open(html: string, options: BrowserContextOptions = {}): Promise<Page> {
    const file = join(folder, "report.html");
    writeFileSync(file, html);
    const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, ...options });
    const page = await context.newPage();
    requests = [];
    errors = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => (message.type() === "error" ? errors.push(message.text()) : undefined));
    await page.goto(pathToFileURL(file).href);
    return page;
  }

  /** What the page says of its chain, once it has said it. */
  async function chainOf(page: Page): Promise<string> {
    await page.locator('[data-chain]:not([data-chain=""])').first().waitFor();
    return (await page.locator("[data-chain]").first().textContent()) ?? "";
  }

  test("opened from a folder it verifies its chain, with and without compression, and asks no network", async () => {
    for (const options of [{}, { gzip }]) {
      const page = await open(renderHtml(runs.stopped, options));
      assert.equal(
        await chainOf(page),
        `chain verified: 35 entries, head ${runs.stopped.ledger.head.slice(0, 8)}…`,
      );
      assert.deepEqual(
        requests.filter((url) => !url.startsWith("file:")),
        [],
      );
      assert.equal(requests.length, 1);
      assert.deepEqual(errors, []);
      await page.context().close();
    }
  });

  test("one changed byte, a changed time, a removed, an added and a moved entry are found where they are", async () => {
    const rows = runs.stopped.ledger.rows;
    const changed = (seq: number, change: (row: ChainedRow) => ChainedRow): readonly ChainedRow[] =>
      rows.map((row) => (row.seq === seq ? change(row) : row));
    const tampered: readonly (readonly [string, readonly ChainedRow[]])[] = [
      ["broken at entry 17", changed(17, (row) => ({ ...row, payload: row.payload.replace("a", "b") }))],
      ["broken at entry 1", changed(1, (row) => ({ ...row, at: row.at.replace("2026", "2025") }))],
      ["broken at entry 9", changed(9, (row) => ({ ...row, actor: "someone" }))],
      ["broken at entry 21", rows.filter((row) => row.seq !== 20)],
      ["broken at entry 5", [...rows.slice(0, 5), ...rows.slice(4)]],
      ["broken: the last entry is not the head named here", rows.slice(0, -1)],
    ];
    for (const [says, shown] of tampered) {
      const page = await open(renderHtml(withRows(runs.stopped, shown), { gzip }));
      assert.equal(await chainOf(page), says);
      await page.context().close();
    }
  });

  test("an erased payload is named and breaks nothing; an erasure that was not one is found", async () => {
    const erased = runs.stopped.ledger.rows.map((row) =>
      row.seq === 11
        ? {
            ...row,
            type: "erased",
            payload: JSON.stringify({ type: "erased", reason: "a key", at: "2026-01-06T00:00:00.000Z" }),
          }
        : row,
    );
    const page = await open(renderHtml(withRows(runs.stopped, erased)));
    assert.match(await chainOf(page), /^chain verified: 35 entries, head \w+… \(1 erased\)$/);
    await page.context().close();
    const faked = erased.map((row) => (row.seq === 11 ? { ...row, digest: "0".repeat(64) } : row));
    const second = await open(renderHtml(withRows(runs.stopped, faked)));
    assert.equal(await chainOf(second), "broken at entry 11");
    await second.context().close();
  });

  test("without scripts everything can be read, and the chain is said to be unchecked", async () => {
    const page = await open(renderHtml(runs.stopped, { gzip }), { javaScriptEnabled: false });
    const text = await page.locator("body").innerText();
    for (const said of [
      runs.stopped.headline,
      runs.stopped.summary,
      "surefoot explain same_check_failed_twice",
      "not ok 7 - a burst of 20 is let through",
      "10 !== 20",
      "const burst = 20;",
      "src/clock.ts is reported as changed",
      runs.stopped.ledger.head,
      "1 secret removed",
      "surefoot ledger replay r-2b44d0aa",
      "surefoot ledger anchor",
      "# Context for the next attempt",
    ])
      assert.ok(text.includes(said), said);
    assert.match(text, /chain not checked: scripts are off/);
    assert.equal(await page.locator("#event-rows tr").count(), 35);
    assert.equal(await page.locator("button:visible").count(), 0);
    await page.context().close();
  });

  test("no rule of accessibility is broken in light and dark, wide and narrow", async () => {
    const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    for (const [name, report] of Object.entries(runs))
      for (const colorScheme of ["light", "dark"] as const)
        for (const width of [1100, 320]) {
          // The page's own policy would refuse a foreign script.
          const page = await open(renderHtml(report, { gzip }), {
            colorScheme,
            viewport: { width, height: 900 },
            bypassCSP: true,
          });
          await chainOf(page);
          await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
          await page.addScriptTag({ content: axe });
          const result: unknown = await page.evaluate(
            "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map((node) => node.html.slice(0, 120)).join(' | ')))",
          );
          assert.deepEqual(result, [], `${name}, ${colorScheme}, ${width} px`);
          await page.context().close();
        }
  });

  test("at 320 px the page does not scroll sideways, however long its words are", async () => {
    const long = "w".repeat(400);
    const nasty = reportOf(chained("r-long", opening("r-long", long)), {
      patch: patch.replaceAll("limit.ts", `${long}.ts`),
    });
    for (const report of [...Object.values(runs), nasty]) {
      const page = await open(renderHtml(report), { viewport: { width: 320, height: 700 } });
      await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 320);
      await page.context().close();
    }
  });

  test("the keyboard reaches the grid, its cells, the patch and the outputs in reading order", async () => {
    const page = await open(renderHtml(runs.stopped));
    const stops: string[] = [];
    for (let press = 0; press < 80; press += 1) {
      await page.keyboard.press("Tab");
      const at: unknown = await page.evaluate(
        "document.activeElement.closest('section')?.id + ' ' + document.activeElement.tagName + ' ' + (document.activeElement.getAttribute('href') ?? '')",
      );
      stops.push(String(at));
    }
    const wanted = [
      "undefined A #main",
      "grid DIV ",
      "grid A #output-10",
      "claims DIV ",
      "patch SUMMARY ",
      "outputs SUMMARY ",
      "decisions SUMMARY ",
      "next-attempt BUTTON ",
      "events DIV ",
      "events A #e1",
    ];
    const positions = wanted.map((stop) => stops.indexOf(stop));
    assert.ok(
      positions.every((position) => position >= 0),
      JSON.stringify({ wanted, positions, stops }),
    );
    assert.deepEqual(
      positions,
      positions.toSorted((a, b) => a - b),
    );
    await page.context().close();
  });

  test("a cell of the grid opens the output that it stands for", async () => {
    const page = await open(renderHtml(runs.stopped));
    const output = page.locator("#output-2");
    assert.equal(await output.isVisible(), false);
    await page.locator('.grid a[href="#output-2"]').click();
    await output.waitFor({ state: "visible" });
    assert.match(await output.innerText(), /no-var/);
    await page.context().close();
  });

  test("an entry shows its payload as text, with its hidden characters", async () => {
    const page = await open(renderHtml(runs.verified, { gzip }));
    await chainOf(page);
    await page.locator("#e11 th a").click();
    const shown = await page.locator("tr.payload pre").innerText();
    assert.match(shown, /"type": "agent.said"/);
    assert.match(shown, /\[U\+202E\]/);
    await page.locator("#e11 th a").click();
    assert.equal(await page.locator("tr.payload").count(), 0);
    await page.context().close();
  });

  test("of ten thousand events the first and last are there, and the rest comes on request", async () => {
    const said = (index: number) =>
      ({ type: "agent.said", iteration: 1, text: `line ${index} <b>${"x".repeat(index % 90)}</b>` }) as const;
    const rows = chained("r-many", [
      ...opening("r-many", "codex"),
      ...Array.from({ length: 9990 }, (_, index) => said(index)),
    ]);
    const page = await open(renderHtml(reportOf(rows), { gzip }));
    assert.match(await chainOf(page), /^chain verified: 10,000 entries/);
    assert.equal(await page.locator("#event-rows tr[data-seq]").count(), 400);
    assert.equal(await page.locator("#more").innerText(), "Show 400 of the 9,600 entries between");
    await page.locator("#more").click();
    assert.equal(await page.locator("#event-rows tr[data-seq]").count(), 800);
    assert.match(await page.locator("#e201").innerText(), /line 190 <b>/);
    assert.match(await page.locator("#more").innerText(), /9,200 entries/);
    await page.context().close();
  });

  test("the prompt is copied, or left selected", async () => {
    const page = await open(renderHtml(runs.stopped));
    await page.locator("#copy").click();
    await page.locator("#copied:not(:empty)").waitFor();
    assert.match(await page.locator("#copied").innerText(), /^(Copied\.|Select the text below)/);
    await page.context().close();
  });
});
