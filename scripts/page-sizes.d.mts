/** Pages by what they do. */
export declare const pages: Readonly<Record<string, object>>;

/** The bytes of a page, compressed by gzip at its best, file by file. */
export declare function pageSize(name: string): Promise<{
  /** What it loads before it does anything. */
  start: number;
  /** What it has loaded when it has done its work. */
  used: number;
  /** All of its files. */
  all: number;
  /** What of these is gpu.js, vega, abcjs and umap-js. */
  packages: number;
  /** How many it has loaded. */
  files: number;
  /** What it has run, with the length of each before it was minified. */
  modules: [string, number][];
}>;
