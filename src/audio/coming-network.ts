import type { Network } from '../rnn/model/network.js';
import { noWeights } from '../rnn/model/no-weights.js';

/** The network of a model: one that is there, or one that is made when it is first asked for. */
export class ComingNetwork {
  #network: Network | undefined;
  readonly #make: () => Promise<Network>;
  #making: Promise<Network> | undefined;

  /** @param make makes one, where none is there */
  constructor(network: Network | undefined, make: () => Promise<Network>) {
    this.#network = network;
    this.#make = make;
  }

  /** Of the file that it came from. */
  get notes(): readonly string[] {
    return this.#network?.notes ?? [];
  }

  /** It, where it is there. @throws SeqkitError `usage` before: it has no weights then */
  get made(): Network {
    if (this.#network === undefined) throw noWeights();
    return this.#network;
  }

  async get(): Promise<Network> {
    // What could not be loaded is asked for again.
    this.#making ??= this.#make().finally(() => (this.#making = undefined));
    return (this.#network ??= await this.#making);
  }

  async dispose(): Promise<void> {
    await this.#making?.catch(() => undefined);
    await this.#network?.dispose();
  }
}
