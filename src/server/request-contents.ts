import type { SoundStream } from '../audio/listening/sound-listener.js';
import { isDeeperThan } from '../base/encoding/json-depth.js';
import type { BodyFields } from './api/body-fields.js';
import { HttpFault } from './faults.js';

/** What reads JSON that is deeper overflows its stack. */
const MAX_DEPTH = 100;

/** @throws HttpFault 415 for a body of another kind */
export function refuseOtherType(request: Request, types: readonly string[]): void {
  const given = (request.headers.get('content-type') ?? '').split(';')[0].trim().toLowerCase();
  if (types.includes(given)) return;
  const what = given === '' ? 'no Content-Type' : `the Content-Type ${JSON.stringify(given)}`;
  throw new HttpFault(415, 'content-type', `The request has ${what}.`, `Send ${types[0]}.`);
}

/** What a body may be. */
export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly bodySeconds: number;
}

/** @throws HttpFault 413 for a body that is too large; 408 for one that does not come in time */
export async function wholeBody(
  request: Request,
  { maxBodyBytes, bodySeconds }: BodyLimits,
): Promise<Uint8Array> {
  const tooLarge = () => new HttpFault(413, 'too-large', `A body has ${maxBodyBytes} bytes at most.`);
  if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) throw tooLarge();
  const reader = request.body?.getReader();
  if (reader === undefined) return new Uint8Array(0);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    if (bodySeconds === Infinity) return;
    const fault = new HttpFault(408, 'timeout', `The body did not come within ${bodySeconds} s.`);
    timer = setTimeout(() => reject(fault), bodySeconds * 1000);
  });
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late]);
      if (done) return joined(chunks, length);
      chunks.push(value);
      length += value.length;
      if (length > maxBodyBytes) throw tooLarge();
    }
  } catch (error) {
    reader.cancel().catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** @throws HttpFault 400 for what is no JSON */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!isDeeperThan(text, MAX_DEPTH)) return JSON.parse(text);
  } catch {
    // Falls through to the one message.
  }
  throw new HttpFault(400, 'bad-json', `The body is no JSON in UTF-8 of ${MAX_DEPTH} levels at most.`);
}

/** The query of an address; numbers where numbers belong. @throws HttpFault 400 for a name that stands twice */
export function queryOf(url: string, fields: BodyFields): Record<string, unknown> {
  const { searchParams } = new URL(url);
  const names = [...new Set(searchParams.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = searchParams.getAll(name);
      if (values.length > 1) {
        throw new HttpFault(
          400,
          'bad-value',
          `The query has ${JSON.stringify(name)} ${values.length} times.`,
        );
      }
      const type = Object.hasOwn(fields, name) ? fields[name].json['type'] : undefined;
      const isNumber = (type === 'integer' || type === 'number') && values[0].trim() !== '';
      const number = isNumber ? Number(values[0]) : NaN;
      return [name, Number.isNaN(number) ? values[0] : number];
    }),
  );
}

/** The sound of a request, as it comes. @throws HttpFault 400 without a body */
export function soundOf(request: Request): SoundStream {
  if (request.body !== null) return request.body as SoundStream;
  throw new HttpFault(400, 'bad-value', 'The request has no body.', 'Send samples as its body.');
}
