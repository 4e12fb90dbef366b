import type { Span } from "../../core/action.ts";

/** Shell text as the guard sees it: what runs, in which order, with which words. Nothing here knows the parser. */
export type Node =
  | {
      readonly kind: "command";
      readonly assigns: readonly Assign[];
      readonly words: readonly Word[];
      readonly redirects: readonly Redirect[];
      readonly span: Span;
    }
  | { readonly kind: "list"; readonly nodes: readonly Node[] }
  /** `operators[i]` stands between node i and node i + 1. */
  | { readonly kind: "chain"; readonly nodes: readonly Node[]; readonly operators: readonly ("&&" | "||")[] }
  | { readonly kind: "pipe"; readonly nodes: readonly Node[] }
  | { readonly kind: "subshell"; readonly body: Node }
  | { readonly kind: "redirected"; readonly body: Node; readonly redirects: readonly Redirect[] }
  | {
      readonly kind: "loop";
      readonly variable: string | undefined;
      /** Absent: the positional parameters, or a loop on a test. */
      readonly words: readonly Word[] | undefined;
      readonly test: Node;
      readonly body: Node;
    }
  /** One of the options runs, or none. */
  | { readonly kind: "branch"; readonly first: Node; readonly options: readonly Node[] }
  | { readonly kind: "function"; readonly name: Word; readonly body: Node }
  /** Only expanded, as in a test: what runs is what its substitutions run. */
  | { readonly kind: "words"; readonly words: readonly Word[] };

export interface Assign {
  readonly name: string;
  readonly value: readonly Word[];
  readonly array: boolean;
  readonly append: boolean;
}

export interface Word {
  readonly pieces: readonly Piece[];
  readonly span: Span;
  readonly text: string;
}

export type Piece =
  | { readonly kind: "text"; readonly text: string; readonly quoted: boolean }
  | { readonly kind: "glob"; readonly text: string }
  | {
      readonly kind: "variable";
      readonly name: string;
      readonly quoted: boolean;
      readonly change: Change | undefined;
    }
  | { readonly kind: "substitution"; readonly script: Node; readonly quoted: boolean }
  | { readonly kind: "process"; readonly script: Node; readonly direction: "<" | ">" }
  | { readonly kind: "braces"; readonly text: string }
  | { readonly kind: "unknown"; readonly inner: Node | undefined };

/** What a parameter expansion does to the value. */
export type Change =
  | { readonly kind: "default"; readonly operator: string; readonly operand: Word }
  | { readonly kind: "remove"; readonly operator: string; readonly operand: Word }
  | { readonly kind: "replace"; readonly operator: string; readonly pattern: Word; readonly by: Word }
  | { readonly kind: "slice"; readonly offset: string; readonly length: string | undefined }
  | { readonly kind: "case"; readonly operator: string }
  | { readonly kind: "index"; readonly index: string }
  | { readonly kind: "indirect" }
  | { readonly kind: "quote" }
  | { readonly kind: "escapes" }
  | { readonly kind: "unknown" };

export type Redirect =
  | {
      readonly kind: "file";
      readonly operator: string;
      readonly target: Word | undefined;
      readonly descriptor: number | undefined;
    }
  /** A here-document, or a here-string, to which the shell adds a line break. */
  | { readonly kind: "text"; readonly body: Word; readonly adds: "nothing" | "line break" };

export interface Script {
  readonly body: Node;
  /** Where the parser gave up or recovered; empty for valid text. */
  readonly problems: readonly string[];
}

/** Work left, in units of one node or word or eight characters of text. Spent work is an answer: the guard asks. */
export class Budget {
  left: number;
  spent = false;

  constructor(units: number) {
    this.left = units;
  }

  /** Whether the work may be done. */
  take(units: number): boolean {
    this.left -= units;
    if (this.left < 0) this.spent = true;
    return !this.spent;
  }
}
