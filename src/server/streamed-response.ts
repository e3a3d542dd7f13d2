import type { Streamed } from './api/endpoint.js';

/**
 * Pieces of an answer as they come: JSON, a line each (NDJSON), or server-sent events.
 * @param describe what is said of an error, in place of the pieces that are missing
 */
export function streamedResponse(
  { pieces }: Streamed,
  asEvents: boolean,
  describe: (error: unknown) => object,
): Response {
  const encoder = new TextEncoder();
  const line = (piece: unknown): Uint8Array =>
    encoder.encode(asEvents ? `data: ${JSON.stringify(piece)}\n\n` : `${JSON.stringify(piece)}\n`);
  const iterator = pieces[Symbol.asyncIterator]();
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await iterator.next();
        if (next.done !== true) return controller.enqueue(line(next.value));
        if (asEvents) controller.enqueue(encoder.encode('event: done\ndata: {}\n\n'));
      } catch (error) {
        controller.enqueue(line(describe(error)));
      }
      controller.close();
    },
    async cancel() {
      await iterator.return?.();
    },
  });
  const type = asEvents ? 'text/event-stream' : 'application/x-ndjson';
  return new Response(stream, { headers: { 'Content-Type': type, 'X-Accel-Buffering': 'no' } });
}
