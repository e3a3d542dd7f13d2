import { bodySchema } from './api/body-fields.js';
import type { Endpoint } from './api/endpoint.js';
import { ANY_OBJECT, objectSchema, TEXT } from './api/json-schemas.js';
import type { ServedModel } from './model-endpoints.js';

const ERROR = objectSchema({ error: objectSchema({ code: TEXT, message: TEXT, hint: TEXT }) });

/** What may go wrong with any request, by status. */
const FAULTS: Readonly<Record<string, string>> = {
  400: 'The request is at fault; the message says where.',
  413: 'The body is too large.',
  415: 'The body is of another kind.',
  429: 'Too many requests; Retry-After says how long to wait.',
  500: 'The server is at fault.',
};

/** The description of the API (OpenAPI 3.1). @param version of the API */
export function openApi({ kind, endpoints }: ServedModel, title: string, version: string): object {
  return {
    openapi: '3.1.0',
    info: { title, version, description: `A ${kind} of seqkit.` },
    paths: {
      ...Object.fromEntries(endpoints.map((endpoint) => [endpoint.path, { post: operation(endpoint) }])),
      '/health': {
        get: {
          summary: 'Whether the server is there, and what it serves.',
          responses: { 200: { description: 'It is.', ...json(ANY_OBJECT) } },
        },
      },
    },
  };
}

function operation(endpoint: Endpoint): object {
  const { path, summary, fields, answers } = endpoint;
  const faults: Record<string, object> = {};
  for (const [status, description] of Object.entries(FAULTS)) {
    faults[status] = { description, ...json(ERROR) };
  }
  const streams = endpoint.takes === 'pcm';
  const streamed = { content: { 'application/x-ndjson': { schema: answers } } };
  return {
    operationId: path.slice(1),
    summary,
    ...(endpoint.takes === 'json'
      ? { requestBody: { required: true, content: jsonBody(endpoint) } }
      : {
          parameters: Object.entries(fields).map(([name, { json: schema, isOptional }]) => ({
            ...{ name, in: 'query', required: !isOptional, schema },
          })),
          requestBody: { required: true, content: soundBody(streams) },
        }),
    responses: {
      200: { description: 'The answer.', ...(streams ? streamed : json(answers)) },
      ...faults,
    },
  };
}

function json(schema: object): object {
  return { content: { 'application/json': { schema } } };
}

function jsonBody({ fields, example }: Endpoint): object {
  return { 'application/json': { schema: bodySchema(fields), ...(example && { example }) } };
}

function soundBody(streams: boolean): object {
  return {
    [streams ? 'application/octet-stream' : 'audio/wav']: { schema: { type: 'string', format: 'binary' } },
  };
}
