/** What a text says once its JSON escapes are read, and where each place of it lies in the text. */
export interface Unescaped {
  readonly text: string;
  origin(place: number): number;
}

/** `undefined` where there is no escape to read. What is no escape stays as it is. */
export function unescaped(text: string): Unescaped | undefined {
  if (!text.includes("\\")) return undefined;
  const places: number[] = [];
  const origins: number[] = [];
  let result = "";
  let done = 0;
  for (const match of text.matchAll(/\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])/g)) {
    result += text.slice(done, match.index) + meaning(match[0]);
    done = match.index + match[0].length;
    places.push(result.length);
    origins.push(done);
  }
  if (done === 0) return undefined;
  result += text.slice(done);
  return {
    text: result,
    origin(place) {
      // The last escape that ends at or before the place; a place before the first lies where it lies.
      let low = 0;
      let high = places.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((places[middle] ?? Infinity) <= place) low = middle + 1;
        else high = middle;
      }
      const from = places[low - 1];
      const to = origins[low - 1];
      return from === undefined || to === undefined ? place : to + place - from;
    },
  };
}

const meanings = new Map([
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

function meaning(escape: string): string {
  const letter = escape.slice(1, 2);
  if (letter === "u") return String.fromCharCode(Number.parseInt(escape.slice(2), 16));
  return meanings.get(letter) ?? letter;
}
