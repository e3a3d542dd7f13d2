import { request as httpRequest } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen, type HttpServer } from '../../src/cli/server/http-server.js';
import { KeyedVectors } from '../../src/embeddings/index.js';
import { createHandler } from '../../src/server/index.js';
import { whistled, whistleModel } from '../support/whistle-model.js';

const vectors = KeyedVectors.fromRows(['north', 'south'], Float32Array.of(0, 1, 0, -1));

describe("Node's server", () => {
  let server: HttpServer;
  beforeAll(async () => {
    server = await listen(createHandler(vectors, { hosts: ['127.0.0.1'] }), '127.0.0.1', 0);
  });
  afterAll(() => server.stop());

  it('answers over a socket, by the names that it has', async () => {
    const url = `http://127.0.0.1:${server.port}`;
    const response = await fetch(`${url}/similarity`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ a: 'north', b: 'south' }),
    });
    expect([response.status, await response.json()]).toEqual([200, { similarity: -1 }]);
    const status = await new Promise((resolve) => {
      const headers = { Host: 'elsewhere.example' };
      httpRequest(`${url}/health`, { headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).end();
    });
    expect(status).toBe(421);
  });

  it('says what is wrong with a port or an address', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const handler = createHandler(vectors);
    await expect(listen(handler, '127.0.0.1', port)).rejects.toMatchObject({
      code: 'resources',
      message: `Port ${port} of 127.0.0.1 is in use.`,
    });
    taken.close();
    await expect(listen(handler, '203.0.113.1', 0)).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('a server that listens to a microphone', () => {
  it('tells each word before the next is said, and answers what it has when it stops', async () => {
    const model = await whistleModel();
    const { samples } = whistled(2);
    const events = await model.detect({ samples, sampleRate: 16_000 });
    expect(events.length).toBeGreaterThan(0);
    const server = await listen(createHandler(model), '127.0.0.1', 0);
    const bytes = Buffer.from(samples.buffer);
    const firstHalf = 4 * Math.ceil((events[0].timeSeconds + 0.2) * 16_000);
    const told: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const path = '/listen?format=float32&sampleRate=16000';
      const request = httpRequest(
        {
          ...{ host: '127.0.0.1', port: server.port, path, method: 'POST' },
          headers: { 'Content-Type': 'application/octet-stream' },
        },
        (answer) => {
          answer.on('data', (data: Buffer) => {
            told.push(data.toString());
            // Only when the first word was told is the rest of the sound sent.
            if (told.length === 1) request.end(bytes.subarray(firstHalf));
          });
          answer.on('end', resolve);
        },
      );
      request.on('error', reject);
      request.write(bytes.subarray(0, firstHalf));
    });
    expect(told.map((line) => JSON.parse(line) as unknown)).toEqual(events);
    await server.stop();
    await model.dispose();
  });
});
