import type { SoundStream } from '../../audio/listening/sound-listener.js';
import type { AbortSignalLike } from '../../base/abort-signal.js';
import { parseBody, type BodyFields, type BodyOf, type JsonSchema } from './body-fields.js';

/** What an endpoint is told beside the request's contents. */
export interface RequestContext {
  /** Aborted where the client is gone. */
  readonly signal: AbortSignalLike;
}

/** One thing that can be asked of a model over HTTP. */
export type Endpoint = JsonEndpoint | SoundEndpoint | SoundStreamEndpoint;

interface EndpointBase {
  /** Such as `/classify`. */
  readonly path: string;
  /** What it does, as a sentence. */
  readonly summary: string;
  /** The entries of its JSON, or of its query where sound is its body. */
  readonly fields: BodyFields;
  /** JSON Schema of the answer. */
  readonly answers: JsonSchema;
  /** A request, for the page of the API. */
  readonly example?: Readonly<Record<string, unknown>>;
}

/** JSON in; JSON out, or pieces of JSON as they come. */
export interface JsonEndpoint extends EndpointBase {
  readonly takes: 'json';
  readonly answer: (body: unknown, context: RequestContext) => Promise<unknown>;
}

/** A WAV file in, JSON out. */
export interface SoundEndpoint extends EndpointBase {
  readonly takes: 'wav';
  readonly answer: (wav: Uint8Array, query: unknown, context: RequestContext) => Promise<unknown>;
}

/** Sound without an end in, a line of JSON out for each event. */
export interface SoundStreamEndpoint extends EndpointBase {
  readonly takes: 'pcm';
  readonly answer: (sound: SoundStream, query: unknown, context: RequestContext) => Promise<Streamed>;
}

/** An answer that comes in pieces, each as JSON. */
export class Streamed {
  constructor(readonly pieces: AsyncIterable<unknown>) {}
}

interface JsonEndpointParts<Fields extends BodyFields> extends Omit<EndpointBase, 'fields'> {
  readonly fields: Fields;
  readonly answer: (body: BodyOf<Fields>, context: RequestContext) => unknown;
}

/** An endpoint whose answer sees a request only after it was checked. */
export function jsonEndpoint<Fields extends BodyFields>({
  answer,
  ...parts
}: JsonEndpointParts<Fields>): JsonEndpoint {
  return {
    ...parts,
    takes: 'json',
    async answer(body, context) {
      return answer(parseBody(parts.path, parts.fields, body) as BodyOf<Fields>, context);
    },
  };
}

interface SoundEndpointParts<Fields extends BodyFields, Sound> extends Omit<EndpointBase, 'fields'> {
  readonly fields: Fields;
  readonly answer: (sound: Sound, query: BodyOf<Fields>, context: RequestContext) => unknown;
}

/** As `jsonEndpoint`, of an endpoint that takes a WAV file. */
export function soundEndpoint<Fields extends BodyFields>({
  answer,
  ...parts
}: SoundEndpointParts<Fields, Uint8Array>): SoundEndpoint {
  return {
    ...parts,
    takes: 'wav',
    async answer(wav, query, context) {
      return answer(wav, parseBody(parts.path, parts.fields, query) as BodyOf<Fields>, context);
    },
  };
}

/** As `jsonEndpoint`, of an endpoint that listens to a stream. */
export function soundStreamEndpoint<Fields extends BodyFields>({
  answer,
  ...parts
}: Omit<SoundEndpointParts<Fields, SoundStream>, 'answer'> & {
  readonly answer: (sound: SoundStream, query: BodyOf<Fields>, context: RequestContext) => Streamed;
}): SoundStreamEndpoint {
  return {
    ...parts,
    takes: 'pcm',
    async answer(sound, query, context) {
      return answer(sound, parseBody(parts.path, parts.fields, query) as BodyOf<Fields>, context);
    },
  };
}
