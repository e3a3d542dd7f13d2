/** What the browser build has in the place of `node-thread.ts`, and never calls. */
function notInPages(): never {
  throw new RangeError('worker_threads were asked for in a page');
}

export { notInPages as NodeThread, notInPages as nodePort };
