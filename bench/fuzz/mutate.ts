/** A small generator of random numbers (xorshift, 32 bits): the same seed gives the same commands on every machine. */
export function randomFrom(seed: number): (below: number) => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

// What guards stumble over: openings without an end, marks of the reader itself, halves of characters, expansions.
const fragments = [
  ..."'\"\\`$(){}[];&|<>!#~*?=+-/:, \n\t\0\r%^",
  "$(",
  "${",
  "`",
  "<<EOF\n",
  "\nEOF\n",
  "<<-'E'\n",
  "<<<",
  "<(",
  ">(",
  "${x:-",
  "${x//a/b}",
  "${!x}",
  "${x@E}",
  "$'\\x72m'",
  "$'\\u0072'",
  '$"',
  "((",
  "))",
  "[[ ",
  " ]]",
  "{1..999999999}",
  "{a,b}{c,d}{e,f}{g,h}{i,j}{k,l}{m,n}{o,p}",
  "case x in x) ",
  ";; esac",
  "function f() { ",
  "f() { f | f & }; f",
  "for x in ",
  "; do ",
  "; done",
  "while :; do ",
  "if ",
  "; then ",
  "; fi",
  "eval ",
  "exec ",
  "trap 'x' ",
  "source ",
  "bash -c '",
  'sh -c "',
  "env -S '",
  "xargs ",
  "find . -exec ",
  "ssh h ",
  "docker run -v /:/h i ",
  "python3 -c '",
  "node -e '",
  "perl -e '",
  "awk 'BEGIN{system(\"",
  "base64 -d <<< ",
  "| bash",
  "| xargs rm",
  "rm -rf /",
  "rm -rf ~",
  "git push -f",
  "git -c alias.x='!",
  "psql -c '",
  "DROP TABLE x",
  "kubectl ",
  "sed -i 's/a/b/' ",
  "\uD800",
  "\uDFFF",
  "\uE000",
  "\uE001*",
  "\u202E",
  "\uFEFF",
  "😀",
  "&&",
  "||",
  "|&",
  "&>",
  "2>&1",
  "\\\n",
  "--",
  "-",
];

/** One mutated command: cut, doubled, spliced with another one, broken, nested or padded. */
export function mutated(corpus: readonly string[], random: (below: number) => number): string {
  let text = pick(corpus, random);
  for (let step = random(4); step >= 0; step -= 1) {
    const at = random(text.length + 1);
    switch (random(12)) {
      case 0:
        text = text.slice(0, at);
        break;
      case 1:
        text = text.slice(at);
        break;
      case 2:
        text = text.slice(0, at) + text.slice(at + 1 + random(8));
        break;
      case 3:
      case 4:
      case 5:
        text = text.slice(0, at) + pick(fragments, random) + text.slice(at);
        break;
      case 6: {
        const other = pick(corpus, random);
        text = text.slice(0, at) + other.slice(random(other.length + 1));
        break;
      }
      case 7:
        text = `${text}${pick([" | ", " && ", "; ", " || ", " & ", "\n"], random)}${pick(corpus, random)}`;
        break;
      case 8:
        text = wrapped(text, random);
        break;
      case 9:
        text = pick(fragments, random).repeat(1 + random(random(50) === 0 ? 3000 : 20)) + text;
        break;
      case 10:
        text = text.slice(0, at) + String.fromCharCode(random(0x1_00_00)) + text.slice(at + 1);
        break;
      case 11: {
        const end = at + random(40);
        text = text.slice(0, end) + text.slice(at, end).repeat(1 + random(4)) + text.slice(end);
        break;
      }
    }
    // Longer ones are read in part anyway, and a fuzzer that spends its time there finds little.
    if (text.length > 20_000) text = text.slice(0, 20_000);
  }
  return text;
}

function wrapped(text: string, random: (below: number) => number): string {
  const quoted = `'${text.replaceAll("'", "'\\''")}'`;
  switch (random(8)) {
    case 0:
      return `bash -lc ${quoted}`;
    case 1:
      return `$(${text})`;
    case 2:
      return `(${text})`;
    case 3:
      return `{ ${text}; }`;
    case 4:
      return `cat <<'X' | sh\n${text}\nX`;
    case 5:
      return `eval ${quoted}`;
    case 6:
      return `sudo env A=1 timeout 5 ${text}`;
    default:
      return `if true; then ${text}; fi`;
  }
}

function pick<T>(list: readonly T[], random: (below: number) => number): T {
  const item = list[random(list.length)];
  if (item === undefined) throw new Error("there is nothing to pick from");
  return item;
}
