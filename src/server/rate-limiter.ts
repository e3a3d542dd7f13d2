/** Clients that are known at a time; whoever was longest away is forgotten first. */
const MAX_CLIENTS = 10_000;

interface Bucket {
  /** Requests that it may still make. */
  tokens: number;
  /** When that was so, in ms. */
  atMs: number;
}

/** So many requests a minute of each client, and as many at once (a token bucket). */
export class RateLimiter {
  readonly #perMinute: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** @returns 0 where the client may ask now, else the seconds after which it may */
  ask(client: string, nowMs: number): number {
    const known = this.#buckets.get(client) ?? { tokens: this.#perMinute, atMs: nowMs };
    const gained = (Math.max(0, nowMs - known.atMs) / 60_000) * this.#perMinute;
    const tokens = Math.min(this.#perMinute, known.tokens + gained);
    const may = tokens >= 1;
    // At the end of the order, since it was here last.
    this.#buckets.delete(client);
    this.#buckets.set(client, { tokens: may ? tokens - 1 : tokens, atMs: nowMs });
    if (this.#buckets.size > MAX_CLIENTS) {
      const [oldest] = this.#buckets.keys();
      this.#buckets.delete(oldest);
    }
    return may ? 0 : Math.ceil(((1 - tokens) / this.#perMinute) * 60);
  }
}
