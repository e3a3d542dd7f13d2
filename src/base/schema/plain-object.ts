/**
 * Whether a value holds named entries: a literal, or an object of a class of one's own. An array, a Map, a Date or a
 * Promise (of options that were not awaited, say) is none, though it would read as an object without entries.
 */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && Object.prototype.toString.call(value) === '[object Object]'
  );
}
