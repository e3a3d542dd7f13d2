/** Whether this is Node, or what stands in for it, rather than a page or a worklet. Other builds than Node's have `false`. */
export const IS_NODE: boolean = typeof process !== 'undefined' && process.versions?.node !== undefined;

/**
 * The address of a file that lies beside a module. Not `new URL(name, import.meta.url)`, which bundlers of servers take
 * for an asset: they would copy the file, or the whole package, to where it finds nothing of what it imports.
 * @param module its `import.meta.url`
 */
export function fileBeside(module: string, name: string): URL {
  return new URL(name, module);
}
