/**
 * What runs in the page, and only improves it: everything is readable without. It verifies the embedded entries as
 * `core/chain.ts` links them, opens what a link points to, shows payloads and copies the prompt.
 */
export const pageScript = `(async () => {
const $ = (id) => document.getElementById(id);
const say = (text, tone) => { for (const el of document.querySelectorAll("[data-chain]")) { el.textContent = text; el.dataset.chain = tone; } };
const hidden = /[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff]/g;
const visible = (text) => text.replace(hidden, (c) => "[U+" + c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0") + "]");
const reveal = () => {
  const target = location.hash.length > 1 && $(location.hash.slice(1));
  if (!target) return;
  for (let el = target; el; el = el.parentElement) if (el.tagName === "DETAILS") el.open = true;
  target.scrollIntoView();
};
addEventListener("hashchange", reveal);
reveal();
let folded = [];
addEventListener("beforeprint", () => { folded = [...document.querySelectorAll("details.paper:not([open])")]; for (const el of folded) el.open = true; });
addEventListener("afterprint", () => { for (const el of folded) el.open = false; });
const copy = $("copy");
if (copy) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    const text = $("prompt").textContent;
    let done = true;
    try { await navigator.clipboard.writeText(text); } catch {
      getSelection().selectAllChildren($("prompt"));
      done = document.execCommand("copy");
    }
    $("copied").textContent = done ? "Copied." : "Select the text below and copy it.";
  });
}
const block = $("ledger");
const read = async () => {
  if (block.type === "application/json") return block.textContent;
  const bytes = Uint8Array.from(atob(block.textContent), (c) => c.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
};
let rows = [];
const verify = async () => {
  if (!globalThis.crypto || !crypto.subtle) return say("not checked: this browser offers no hashing to this page", "warn");
  let ledger;
  try { ledger = JSON.parse(await read()); rows = ledger.rows; } catch (error) { return say("broken: the embedded entries cannot be read (" + error.message + ")", "bad"); }
  const encoder = new TextEncoder();
  const sha = async (text) => [...new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text)))].map((b) => b.toString(16).padStart(2, "0")).join("");
  let { seq: last, hash: prev } = ledger.from;
  let without = 0;
  let erased = 0;
  for (const [seq, at, actor, hash, type, payload, given] of rows) {
    const kept = payload !== null && type !== "erased";
    if (type === "erased") erased += 1; else if (!kept) without += 1;
    const digest = kept ? await sha(payload) : given;
    const right = seq === last + 1 && (!kept || JSON.parse(payload).type === type) && hash === await sha(JSON.stringify([ledger.session, seq, at, actor, digest, prev]));
    if (!right) return say("broken at entry " + seq, "bad");
    last = seq;
    prev = hash;
  }
  if (prev !== block.dataset.head) return say("broken: the last entry is not the head named here", "bad");
  const notes = [without && without + " by digest alone", erased && erased + " erased"].filter(Boolean).join(", ");
  say("chain verified: " + rows.length.toLocaleString("en") + (rows.length === 1 ? " entry" : " entries") + ", head " + prev.slice(0, 8) + "…" + (notes ? " (" + notes + ")" : ""), "good");
};
try { await verify(); } catch (error) { say("broken: the embedded entries cannot be checked (" + error.message + ")", "bad"); }
const cell = (row, text, tag) => { const el = document.createElement(tag || "td"); if (tag) el.scope = "row"; el.textContent = text; row.append(el); return el; };
const summary = (payload) => { const { type, ...rest } = JSON.parse(payload); const text = JSON.stringify(rest); return visible(text.length > 300 ? text.slice(0, 299) + "…" : text); };
const more = $("more");
if (more && rows.length) {
  const anchor = more.closest("tr");
  const end = Number(more.dataset.before);
  let from = Math.max(Number(more.dataset.after), rows[0][0] - 1);
  const label = () => { const left = end - from - 1; if (left > 0) more.textContent = "Show " + Math.min(400, left) + " of the " + left.toLocaleString("en") + " entries between"; else anchor.remove(); };
  more.hidden = false;
  label();
  more.addEventListener("click", () => {
    for (const [seq, at, actor, , type, payload] of rows.filter((row) => row[0] > from && row[0] < Math.min(end, from + 401))) {
      const row = document.createElement("tr");
      row.id = "e" + seq;
      row.dataset.seq = seq;
      const name = cell(row, "", "th");
      const link = document.createElement("a");
      link.href = "#e" + seq;
      link.textContent = seq;
      name.append(link);
      cell(row, at.slice(11, 19));
      cell(row, type).className = "type";
      cell(row, payload === null ? "(not embedded)" : summary(payload));
      anchor.before(row);
    }
    from = Math.min(end - 1, from + 400);
    label();
  });
}
const events = $("event-rows");
if (events && rows.length) events.addEventListener("click", (event) => {
  const link = event.target.closest('th a[href^="#e"]');
  if (!link) return;
  const row = link.closest("tr");
  const open = row.nextElementSibling;
  event.preventDefault();
  if (open && open.className === "payload") { open.remove(); link.setAttribute("aria-expanded", "false"); return; }
  const found = rows.find(([seq]) => seq === Number(row.dataset.seq));
  if (!found) return;
  const shown = document.createElement("tr");
  shown.className = "payload";
  const box = cell(shown, "");
  box.colSpan = 4;
  const text = document.createElement("pre");
  text.tabIndex = 0;
  text.textContent = visible(found[5] === null ? "(not embedded: " + found[6] + ")" : JSON.stringify(JSON.parse(found[5]), null, 2)) + "\\n\\nactor " + visible(found[2]) + "\\nhash  " + found[3];
  box.append(text);
  row.after(shown);
  link.setAttribute("aria-expanded", "true");
});
})();`;
