/** Whether this is Node, or what stands in for it, rather than a page or a worklet. */
export function isNode(): boolean {
  return typeof process !== 'undefined' && process.versions?.node !== undefined;
}
