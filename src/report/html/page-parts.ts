import { h } from "preact";
import type { ComponentChild } from "preact";
import type { Mark } from "../state-words.ts";

/** A part of the page with a heading; the page's navigation leads to its `id`. */
export interface Part {
  readonly id: string;
  readonly node: ComponentChild;
}

export function part(
  id: string,
  title: string,
  lead: string | undefined,
  ...children: readonly ComponentChild[]
): Part {
  const node = h("section", { id, "aria-labelledby": `${id}-title` }, [
    h("h2", { id: `${id}-title` }, title),
    lead === undefined ? undefined : h("p", { class: "lead" }, lead),
    ...children,
  ]);
  return { id, node };
}

export function markTag(mark: Mark, word = mark.word): ComponentChild {
  return h("span", { class: `tag ${mark.tone}` }, `${mark.glyph} ${word}`);
}

/** A table that scrolls inside its own box, reachable by keyboard. */
export function scrollingTable(
  label: string,
  kind: string,
  head: readonly string[],
  rows: readonly ComponentChild[],
  id?: string,
): ComponentChild {
  return h(
    "div",
    { class: "scroll", role: "region", "aria-label": `Table: ${label}`, tabIndex: 0 },
    h("table", { class: kind }, [
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          head.map((name) => (name === "" ? h("td", null) : h("th", { scope: "col" }, name))),
        ),
      ),
      h("tbody", id === undefined ? null : { id }, rows),
    ]),
  );
}

export function pairs(rows: readonly (readonly [string, ComponentChild])[]): ComponentChild {
  return h(
    "dl",
    { class: "pairs" },
    rows.flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)]),
  );
}
