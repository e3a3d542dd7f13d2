/** How Vite puts a worker's script into the page's. */
declare module '*?worker&inline' {
  const InlineWorker: new () => Worker;
  export default InlineWorker;
}

/** The address at which it serves a script of a worker or worklet. */
declare module '*?worker&url' {
  const address: string;
  export default address;
}
