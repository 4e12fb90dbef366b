/** Light and dark from one set of names; both meet a contrast of 4.5 to 1. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#faf9f7, #131518);
  --card: light-dark(#ffffff, #1b1e23);
  --sunk: light-dark(#f2f0ec, #101215);
  --line: light-dark(#e2dfd8, #30353d);
  --ink: light-dark(#1d2126, #e7e9ec);
  --soft: light-dark(#595f69, #a3abb7);
  --link: light-dark(#1f5aa8, #8cbcff);
  --good: light-dark(#176b41, #6fd3a0);
  --good-wash: light-dark(#e6f3ec, #16291f);
  --bad: light-dark(#ab2320, #ff9b93);
  --bad-wash: light-dark(#fbe9e7, #351b1b);
  --warn: light-dark(#7d5200, #ecc06b);
  --warn-wash: light-dark(#f9f0dc, #2f2612);
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "Segoe UI Mono", "Liberation Mono", Menlo, Consolas, monospace;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif;
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 var(--sans); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
main, .foot { max-width: 66rem; margin: 0 auto; padding: 0 clamp(1rem, 4vw, 2.5rem); }
a { color: var(--link); text-underline-offset: .18em; text-decoration-thickness: 1px; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .4rem .8rem; z-index: 2; }
h1, h2, h3, p, dl, dd, ul, ol, pre, table { margin: 0; }
h1 { font-size: clamp(1.6rem, 1.1rem + 2.4vw, 2.5rem); line-height: 1.15; letter-spacing: -.022em; font-weight: 680; text-wrap: balance; }
h2 { font-size: 1.25rem; line-height: 1.3; letter-spacing: -.012em; font-weight: 650; }
h3 { font-size: 1rem; font-weight: 620; }
section { margin-top: clamp(2.5rem, 5vw, 3.75rem); }
section > h2 + .lead { color: var(--soft); margin-top: .25rem; max-width: 46rem; }
section > :is(h2, .lead) + :not(.lead) { margin-top: 1rem; }
code, pre, .mono { font-family: var(--mono); font-size: .875em; }
pre { font-size: .8125rem; line-height: 1.5; }
.soft { color: var(--soft); }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); } .quiet { color: var(--soft); }
[data-chain="good"]::before { content: "✓ "; } [data-chain="bad"]::before { content: "✗ "; }
[data-chain="good"] { color: var(--good); } [data-chain="bad"] { color: var(--bad); font-weight: 650; } [data-chain="warn"] { color: var(--warn); }
.edge { height: 6px; background: currentColor; }
.top { padding-top: clamp(1.75rem, 5vw, 3.5rem); }
.over { color: var(--soft); font-size: .875rem; display: flex; flex-wrap: wrap; gap: .25rem .9rem; margin-bottom: 1rem; align-items: baseline; }
.over strong { color: var(--ink); font-weight: 620; }
.sum { font-size: 1.125rem; margin-top: .9rem; max-width: 46rem; text-wrap: pretty; }
.note { margin-top: 1rem; padding: .7rem 1rem; border-left: 4px solid currentColor; border-radius: 4px; max-width: 46rem; }
.note > * { color: var(--ink); }
.note.warn { background: var(--warn-wash); } .note.bad { background: var(--bad-wash); }
.task { margin-top: 1.5rem; }
.task > h2 { font-size: 1rem; }
.task details { margin-top: .6rem; max-width: 46rem; }
.task .l { white-space: pre-wrap; min-width: 0; }
.next { margin-top: 1.75rem; padding: 1.1rem 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.next h2 { font-size: 1rem; }
.next ol { list-style: none; padding: 0; display: grid; gap: .55rem; margin-top: .6rem; }
.next li { display: flex; flex-wrap: wrap; gap: .15rem 1rem; align-items: baseline; }
.next li span:not(:only-child) { min-width: 12rem; }
.next code { background: var(--sunk); padding: .15rem .5rem; border-radius: 5px; user-select: all; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .75rem; margin-top: 1.75rem; padding: 0; list-style: none; }
.cards li { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .9rem 1rem 1rem; }
.cards h2 { font-size: .8125rem; font-weight: 560; color: var(--soft); letter-spacing: 0; }
.cards .big { font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -.02em; margin-top: .1rem; }
.cards p:not(.big) { font-size: .875rem; line-height: 1.45; margin-top: .1rem; }
.cards p:not(.big, [data-chain=good], [data-chain=bad], [data-chain=warn]) { color: var(--soft); }
.jump { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; margin-top: 1.5rem; font-size: .9375rem; }
.jump a { display: inline-block; padding: .2rem 0; min-height: 24px; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th, td { text-align: left; vertical-align: top; padding: .6rem .9rem; border-top: 1px solid var(--line); }
thead th, thead td { border-top: 0; font-size: .8125rem; font-weight: 560; color: var(--soft); white-space: nowrap; }
tbody th { font-weight: 600; }
.grid th small, .grid td small { display: block; font-weight: 400; color: var(--soft); font-size: .8125rem; white-space: nowrap; }
.grid td { min-width: 7rem; }
.grid td:last-child { min-width: 15rem; }
.claims th[scope=row] { min-width: 12rem; font-weight: 450; } .claims td:last-child { min-width: 10rem; }
.grid .cell { display: inline-block; min-height: 24px; font-weight: 600; text-decoration: none; white-space: nowrap; }
a.cell:hover { text-decoration: underline; }
.list { list-style: none; padding: 0; display: grid; gap: .75rem; }
.item { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .9rem 1.1rem; }
.tag { font-weight: 650; margin-right: .6rem; white-space: nowrap; }
.item .soft { font-size: .875rem; }
.item pre { margin: .5rem 0; white-space: pre-wrap; background: var(--sunk); padding: .5rem .75rem; border-radius: 6px; }
dl.pairs { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .4rem 1.5rem; }
dl.pairs dt { color: var(--soft); }
details { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
details + details, .list + details, p + details { margin-top: .6rem; }
details > summary { cursor: pointer; padding: .65rem 1rem; min-height: 24px; border-radius: 10px; }
details[open] > summary { border-bottom: 1px solid var(--line); border-radius: 10px 10px 0 0; }
summary .right { float: right; color: var(--soft); font-size: .875rem; margin-left: 1rem; }
summary code { font-weight: 600; }
details .meta { padding: .65rem 1rem; font-size: .875rem; color: var(--soft); }
details pre { overflow-x: auto; padding: .5rem 0; background: var(--sunk); tab-size: 4; }
details > pre:last-child { border-radius: 0 0 10px 10px; }
pre .l { display: block; padding: 0 1rem; min-width: max-content; white-space: pre; }
pre .l:empty::before { content: " "; }
pre .n { display: inline-block; width: 3.4rem; margin-left: -.4rem; padding-right: 1rem; text-align: right; color: var(--soft); user-select: none; }
pre .add { background: var(--good-wash); color: var(--good); } pre .del { background: var(--bad-wash); color: var(--bad); }
pre .hunk { color: var(--soft); padding-top: .35rem; padding-bottom: .15rem; }
pre mark { background: var(--bad-wash); color: var(--bad); font-weight: 650; box-shadow: inset 4px 0 0 var(--bad); }
details details { border: 0; border-radius: 0; margin: 0; background: none; }
details details + pre, details pre + details { border-top: 1px solid var(--line); }
details details > summary { font-size: .875rem; color: var(--soft); }
details[open] details > summary { border-radius: 0; }
.bars { display: grid; gap: .9rem; list-style: none; padding: 0; }
.bars li { display: grid; grid-template-columns: 10rem 1fr minmax(9rem, max-content); gap: .25rem 1.25rem; align-items: center; }
.bars svg { width: 100%; height: 10px; display: block; }
.bars .track { fill: var(--line); } .bars .fill { fill: currentColor; }
.bars .nums { font-size: .9375rem; }
.events th, .events td { padding: .3rem .9rem; font-size: .875rem; }
.events th a { display: inline-block; min-width: 24px; min-height: 24px; font-weight: 400; }
.events td:nth-child(2) { white-space: nowrap; color: var(--soft); }
.events .type { white-space: nowrap; font-family: var(--mono); font-size: .8125rem; }
.events .said { min-width: 16rem; }
.events .payload pre { max-height: 24rem; overflow: auto; white-space: pre-wrap; padding: .5rem 0; }
tr:target, .notable { background: var(--bad-wash); }
button { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--soft); border-radius: 7px; padding: .35rem .9rem; min-height: 32px; cursor: pointer; }
button:hover { border-color: var(--ink); }
[hidden] { display: none; }
.prompt pre { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem; max-height: 22rem; overflow: auto; white-space: pre-wrap; margin-top: .75rem; }
.foot { margin-top: 4rem; padding-top: 1.5rem; padding-bottom: 3rem; font-size: .875rem; color: var(--soft); }
.foot dl { border-top: 1px solid var(--line); padding-top: 1.5rem; }
.foot p { margin-top: 1rem; max-width: 46rem; }
.foot code { user-select: all; color: var(--ink); }
@media (max-width: 40rem) {
  .bars li { grid-template-columns: 1fr auto; }
  .bars svg { grid-column: 1 / -1; grid-row: 2; }
  dl.pairs { grid-template-columns: 1fr; gap: 0; }
  dl.pairs dd { margin-bottom: .6rem; }
  summary .right { float: none; margin-left: 0; white-space: nowrap; }
  th, td { padding: .55rem .65rem; }
  .events th, .events td { padding: .3rem .55rem; }
  .events .said { min-width: 12rem; }
  .claims th[scope=row], .claims td:last-child { min-width: 6rem; }
  .cards { grid-template-columns: 1fr 1fr; }
  .cards li:last-child { grid-column: 1 / -1; }
  .cards .big { font-size: 1.25rem; }
  .events td:nth-child(2), .events thead th:nth-child(2) { display: none; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media print {
  :root { color-scheme: light; --paper: #fff; --card: #fff; --sunk: #fff; }
  body { font-size: 10pt; }
  .jump, button, .skip { display: none; }
  main, .foot { max-width: none; padding: 0; }
  .cards { grid-template-columns: repeat(5, 1fr); }
  .item, .cards li, tr { break-inside: avoid; }
  h2, summary { break-after: avoid; }
  .scroll, details pre, .prompt pre { overflow: visible; max-height: none; }
  pre .l { white-space: pre-wrap; min-width: 0; }
}
`;
