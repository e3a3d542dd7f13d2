/// <reference lib="esnext.disposable" preserve="true" />
import { SeqkitError } from './errors.js';

/**
 * Gives a class with `dispose` the method `Symbol.dispose`, so that `using` frees it: where the platform has the
 * symbol, as Node 20 has.
 */
export function makeDisposable(maker: { readonly prototype: { dispose(): unknown } }): void {
  if (typeof Symbol.dispose !== 'symbol') return;
  Object.defineProperty(maker.prototype, Symbol.dispose, {
    value(this: { dispose(): unknown }) {
      void this.dispose();
    },
    configurable: true,
    writable: true,
  });
}

/** The error of whoever uses what was disposed. @param what as in the sentence "The stream was disposed." */
export function disposedError(what: string, hint: string): SeqkitError {
  return new SeqkitError(`${what} was disposed.`, { code: 'usage', hint });
}
