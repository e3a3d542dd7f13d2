import type { SeqkitError, ErrorCode } from '../base/errors.js';

/** A request that the server does not answer, whatever model it has. */
export class HttpFault extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint?: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** Codes that mean a faulty request, and not a faulty server. */
const OF_REQUESTS: readonly ErrorCode[] = [
  'usage',
  'bad-value',
  'bad-shape',
  'bad-file',
  'too-little-data',
  'unknown-word',
];

/** Whether what was sent is at fault. */
export function isOfRequest({ code }: SeqkitError): boolean {
  return OF_REQUESTS.includes(code);
}
