import { runInNewContext } from 'node:vm';

interface Classification {
  readonly label: string;
  readonly probability: number;
  readonly abstained: boolean;
  readonly alternatives: readonly { label: string; probability: number }[];
}

/** What the modules of `toModule` export. */
export interface ExportedModule {
  readonly predict: (...inputs: unknown[]) => unknown;
  readonly generate: (options?: object) => string;
  readonly stream: (options?: object) => Iterable<string>;
  readonly classify: (text: unknown, options?: object) => Classification;
  readonly detector: (options?: object) => {
    push(samples: unknown): { word: string; timeSeconds: number; score: number }[];
    flush(): { word: string; timeSeconds: number; score: number }[];
    reset(): void;
    scores: ArrayLike<number>;
  };
  labels: readonly string[];
  words: readonly string[];
}

const END = 'export default model;\n';

/** Runs a module where there is nothing but JavaScript itself, and what makes UTF-8. */
export function runModule(source: string): ExportedModule {
  if (!source.endsWith(END)) throw new Error('The module does not end with its export.');
  const program = `'use strict';\n${source.slice(0, -END.length)}model;`;
  return runInNewContext(program, { TextEncoder, TextDecoder }) as ExportedModule;
}

/** Bytes of a module that are no weights. */
export function codeSize(source: string): number {
  return Buffer.byteLength(source.replaceAll(/'[A-Za-z0-9+/=]*'/g, "''"));
}
