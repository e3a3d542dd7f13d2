import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { SeqkitError } from '../../base/errors.js';
import type { Handler } from '../../server/index.js';

/** Requests that are not answered by then are cut off. */
const STOP_SECONDS = 10;

/** A server that listens. */
export interface HttpServer {
  readonly port: number;
  /** Takes no further request, and waits until those that came are answered, ten seconds at most. */
  stop(): Promise<void>;
}

/**
 * Puts a handler behind Node's server.
 * @throws SeqkitError where the address or the port is not to be had
 */
export async function listen(handler: Handler, host: string, port: number): Promise<HttpServer> {
  return listenWith(
    createAdaptorServer({
      fetch: (request, { incoming }) => handler(request, incoming.socket.remoteAddress ?? ''),
      // How long a body may take is for the handler to say: a stream of sound has no end.
      serverOptions: { requestTimeout: 0 },
    }) as Server,
    host,
    port,
  );
}

/**
 * Has a server of Node's listen.
 * @throws SeqkitError where the address or the port is not to be had
 */
export async function listenWith(server: Server, host: string, port: number): Promise<HttpServer> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, host, port)));
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), STOP_SECONDS * 1000);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

/** The error of a server that could not start. */
function listenError(error: NodeJS.ErrnoException, host: string, port: number): SeqkitError {
  if (error.code === 'EADDRINUSE') {
    return new SeqkitError(`Port ${port} of ${host} is in use.`, {
      code: 'resources',
      hint: 'Give another --port, or 0 for any that is free.',
    });
  }
  if (error.code === 'EACCES') {
    return new SeqkitError(`You may not listen on port ${port}.`, {
      code: 'permission',
      hint: 'Take a --port from 1024 on.',
    });
  }
  return new SeqkitError(`Cannot listen on ${host}, port ${port}: ${error.message}.`, {
    code: 'usage',
    hint: 'Give an address of this machine as --host, such as 127.0.0.1 or 0.0.0.0.',
  });
}
