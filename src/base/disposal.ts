/// <reference lib="esnext.disposable" preserve="true" />

import { SeqkitError } from './errors.js';

/** What is asked of something that has been disposed of. @param what such as `The model` */
export function disposedError(what: string): SeqkitError {
  return new SeqkitError(`${what} was disposed of, and cannot be used any more.`, {
    code: 'usage',
    hint: 'Make or load it anew, or dispose of it later.',
  });
}

/**
 * Lets `using` and `await using` end objects of a class by their `dispose`, where the platform has the symbols for
 * it: Node 20 has, some browsers have not.
 */
export function endByUsing(kind: { readonly prototype: { dispose(): unknown } }): void {
  const { prototype } = kind;
  const symbols = Symbol as Partial<Pick<typeof Symbol, 'dispose' | 'asyncDispose'>>;
  const define = (symbol: symbol | undefined, value: (this: { dispose(): unknown }) => unknown): void => {
    if (symbol) Object.defineProperty(prototype, symbol, { value, configurable: true, writable: true });
  };
  define(symbols.dispose, function () {
    void this.dispose();
  });
  define(symbols.asyncDispose, async function () {
    await this.dispose();
  });
}
