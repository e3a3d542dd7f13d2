import { html } from 'hono/html';
import type { Endpoint } from './api/endpoint.js';
import type { ServedModel } from './model-endpoints.js';

/** A page may load nothing, and styles itself. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
  code, pre { font: 14px/1.5 ui-monospace, monospace; }
  pre { overflow-x: auto; padding: 0.75rem; border: 1px solid; border-radius: 0.4rem; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; vertical-align: top; padding: 0.25rem 1rem 0.25rem 0; border-bottom: 1px solid; }
`;

/** The page of the API: each path with what it takes and how to ask it. @param url where it was asked for */
export async function apiPage(
  url: string,
  title: string,
  { kind, endpoints }: ServedModel,
): Promise<Response> {
  const { origin } = new URL(url);
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <h1>${title}</h1>
        <p>A ${kind} of seqkit. <a href="openapi.json">openapi.json</a> describes it for programs.</p>
        ${endpoints.map(
          (endpoint) =>
            html`<h2><code>POST ${endpoint.path}</code></h2>
              <p>${endpoint.summary}</p>
              ${fieldTable(endpoint)}
              <pre><code>${curlOf(endpoint, origin)}</code></pre>`,
        )}
      </body>
    </html>`;
  const headers = { 'Content-Type': 'text/html; charset=UTF-8', 'Content-Security-Policy': POLICY };
  return new Response(page.toString(), { headers });
}

function fieldTable({ fields, takes }: Endpoint) {
  const rows = Object.entries(fields);
  if (rows.length === 0) return '';
  return html`<table>
    <tr>
      <th>${takes === 'json' ? 'entry' : 'query'}</th>
      <th>what it is</th>
    </tr>
    ${rows.map(
      ([name, { json, isOptional }]) =>
        html`<tr>
          <td><code>${name}</code>${isOptional ? '' : ', needed'}</td>
          <td>${descriptionOf(json)}</td>
        </tr>`,
    )}
  </table>`;
}

function descriptionOf(json: Readonly<Record<string, unknown>>): string {
  const [first] = (json['oneOf'] as Readonly<Record<string, unknown>>[] | undefined) ?? [json];
  return typeof first['description'] === 'string' ? first['description'] : '';
}

/** How to ask it from a shell. */
export function curlOf({ takes, path, example }: Endpoint, origin: string): string {
  if (takes === 'wav') {
    return `curl ${origin}${path} -H 'Content-Type: audio/wav' --data-binary @recording.wav`;
  }
  if (takes === 'pcm') {
    return `arecord -f S16_LE -r 16000 | curl -N -T - -X POST '${origin}${path}?sampleRate=16000' -H 'Content-Type: application/octet-stream'`;
  }
  return `curl ${origin}${path} -H 'Content-Type: application/json' -d '${JSON.stringify(example ?? {})}'`;
}
