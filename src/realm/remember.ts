/**
 * A pure function of values that never change, worked out once for the same two arguments: thousands of differences are
 * looked at several times between two keys. What is remembered goes with its first argument; of the second the last one counts.
 */
export function remembered<A extends object, B, T>(make: (a: A, b: B) => T): (a: A, b: B) => T {
  const known = new WeakMap<A, { readonly b: B; readonly value: T }>();
  return (a, b) => {
    const last = known.get(a);
    if (last !== undefined && last.b === b) return last.value;
    const value = make(a, b);
    known.set(a, { b, value });
    return value;
  };
}
