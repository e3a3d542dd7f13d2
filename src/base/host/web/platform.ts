/** In the place of `platform.ts` where the build is not for Node: what only Node does goes out with its condition. */
export const IS_NODE = false;

export function fileBeside(): never {
  throw new RangeError('there are no files here');
}
