/**
 * The same function, not computed anew while it is asked about the same argument: several rules ask the same about one
 * action, and one action is judged at a time.
 */
export function once<K extends object, V>(compute: (key: K) => V): (key: K) => V {
  let last: { readonly key: K; readonly value: V } | undefined;
  return (key) => {
    if (last?.key !== key) last = { key, value: compute(key) };
    return last.value;
  };
}
