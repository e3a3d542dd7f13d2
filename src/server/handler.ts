import { Hono, type Context } from 'hono';
import { cors } from 'hono/cors';
import { SeqkitError } from '../base/errors.js';
import { Streamed, type Endpoint } from './api/endpoint.js';
import { apiPage } from './api-page.js';
import { HttpFault, isOfRequest } from './faults.js';
import { handlerOptions, type HandlerOptions } from './handler-options.js';
import { hostName } from './host-name.js';
import { servedModel, type ServableModel } from './model-endpoints.js';
import { openApi } from './open-api.js';
import { RateLimiter } from './rate-limiter.js';
import { jsonOf, queryOf, refuseOtherType, soundOf, wholeBody, type BodyLimits } from './request-contents.js';
import { streamedResponse } from './streamed-response.js';
import type { WebRequest, WebResponse } from './web-messages.js';

/** Answers a request. @param client whose it is, such as the address, for the limit of requests */
export type Handler = (request: WebRequest, client?: string) => Promise<WebResponse>;

interface Environment {
  Bindings: { readonly client: string };
}

const DEFAULTS = {
  ...{ title: 'seqkit', maxBodyBytes: 10 * 2 ** 20, requestsPerMinute: 600, bodySeconds: 60 },
};

/** What every answer says to browsers: nothing of it is a page, but the page of the API. */
const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/**
 * A model as an HTTP API: a function from Request to Response, which Deno, Bun, workers and routes of web frameworks
 * take, and which `seqkit serve` puts behind Node's server. `/` shows its page, `/openapi.json` describes it, `/health`
 * says that it is there.
 *
 * @example
 * const handler = createHandler(await Chatbot.load('bot.safetensors'));
 * Deno.serve((request) => handler(request));
 * @throws SeqkitError `bad-value` for what is no model that can be served; `usage`
 */
export function createHandler(model: ServableModel, options: HandlerOptions = {}): Handler {
  const known = { ...DEFAULTS, ...handlerOptions.parse(options) };
  const served = servedModel(model);
  const app = new Hono<Environment>();
  app.use(async (context, next) => {
    checkHost(context, known.hosts);
    await next();
    for (const [name, value] of Object.entries(SAFE_HEADERS)) context.res.headers.set(name, value);
  });
  if (known.cors !== undefined) app.use(cors({ origin: known.cors as string | string[] }));
  const description = openApi(served, known.title, '1');
  app.get('/', ({ req }) => apiPage(req.url, known.title, served));
  app.get('/openapi.json', (context) => context.json(description));
  app.get('/health', (context) =>
    context.json({ status: 'ok', kind: served.kind, paths: served.endpoints.map(({ path }) => path) }),
  );
  const limiter = known.requestsPerMinute === Infinity ? undefined : new RateLimiter(known.requestsPerMinute);
  for (const endpoint of served.endpoints) {
    if (limiter) {
      app.use(endpoint.path, async ({ req, env }, next) => {
        limit(limiter, req.method, env.client);
        await next();
      });
    }
    app.post(endpoint.path, (context) => answerOf(endpoint, context, known, known.onError));
    app.all(endpoint.path, () => {
      throw new HttpFault(405, 'method', `${endpoint.path} is asked by POST.`, undefined, { Allow: 'POST' });
    });
  }
  app.notFound(() => {
    const paths = served.endpoints.map(({ path }) => path).join(', ');
    throw new HttpFault(404, 'not-found', 'There is nothing at this path.', `Ask ${paths}; / shows them.`);
  });
  app.onError((error) => faultResponse(error, known.onError));
  return async (request, client = '') => app.fetch(request, { client });
}

async function answerOf(
  endpoint: Endpoint,
  context: Context<Environment>,
  limits: BodyLimits,
  onError: HandlerOptions['onError'],
): Promise<Response> {
  const request = context.req.raw;
  const told = { signal: request.signal };
  let answer: unknown;
  if (endpoint.takes === 'json') {
    refuseOtherType(request, ['application/json']);
    answer = await endpoint.answer(jsonOf(await wholeBody(request, limits)), told);
  } else {
    const query = queryOf(request.url, endpoint.fields);
    if (endpoint.takes === 'wav') {
      refuseOtherType(request, [
        'audio/wav',
        'audio/wave',
        'audio/x-wav',
        'audio/vnd.wave',
        'application/octet-stream',
      ]);
      answer = await endpoint.answer(await wholeBody(request, limits), query, told);
    } else {
      refuseOtherType(request, ['application/octet-stream', 'audio/l16', 'audio/pcm']);
      answer = await endpoint.answer(soundOf(request), query, told);
    }
  }
  if (!(answer instanceof Streamed)) return context.json(answer as object);
  const asEvents = (request.headers.get('accept') ?? '').includes('text/event-stream');
  return streamedResponse(answer, asEvents, (error) => describe(error, onError).body);
}

/** @throws HttpFault 429 */
function limit(limiter: RateLimiter, method: string, client: string): void {
  if (method === 'OPTIONS') return;
  const seconds = limiter.ask(client, Date.now());
  if (seconds === 0) return;
  throw new HttpFault(429, 'too-many-requests', 'Too many requests.', `Ask again in ${seconds} s.`, {
    'Retry-After': String(seconds),
  });
}

/** @throws HttpFault 421 for a name that is not the server's */
function checkHost(context: Context<Environment>, hosts: readonly string[] | undefined): void {
  if (hosts === undefined) return;
  const name = hostName(context.req.header('host') ?? new URL(context.req.url).host);
  if (hosts.includes(name)) return;
  throw new HttpFault(
    421,
    'host',
    `This server is not ${JSON.stringify(name)}.`,
    `It is ${hosts.join(' or ')}.`,
  );
}

interface Fault {
  readonly status: number;
  readonly body: { readonly error: { code: string; message: string; hint?: string } };
  readonly headers: Readonly<Record<string, string>>;
}

function describe(error: unknown, onError: HandlerOptions['onError']): Fault {
  if (error instanceof HttpFault) {
    const { status, code, message, hint, headers } = error;
    return { status, body: { error: { code, message, ...(hint !== undefined && { hint }) } }, headers };
  }
  if (error instanceof SeqkitError && isOfRequest(error)) {
    const { code, message, hint } = error;
    return {
      status: 400,
      body: { error: { code, message, ...(hint !== undefined && { hint }) } },
      headers: {},
    };
  }
  onError?.(error);
  const body = { error: { code: 'internal', message: 'The server failed to answer.' } };
  return { status: 500, body, headers: {} };
}

function faultResponse(error: unknown, onError: HandlerOptions['onError']): Response {
  const { status, body, headers } = describe(error, onError);
  return Response.json(body, { status, headers: { ...SAFE_HEADERS, ...headers } });
}
