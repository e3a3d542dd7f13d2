// Requests and responses by the types that are there: seqkit's own must do without the DOM's and Node's.

/** The Request of the DOM's types or of Node's; where neither is there, what every one of them has. */
export type WebRequest = typeof globalThis extends { Request: { prototype: infer Message } }
  ? Message
  : { readonly method: string; readonly url: string };

/** The Response of the DOM's types or of Node's; where neither is there, what every one of them has. */
export type WebResponse = typeof globalThis extends { Response: { prototype: infer Message } }
  ? Message
  : { readonly status: number; json(): Promise<unknown>; text(): Promise<string> };
