import type { Network } from './network.js';
import { Sequential } from './sequential.js';

const views = new WeakMap<Network, Sequential>();

/**
 * A network with what trains it. It is the same one each time, which knows how far the training has come; the weights
 * are those of the network.
 */
export function trainable(network: Network): Sequential {
  if (network instanceof Sequential) return network;
  const view = views.get(network) ?? new Sequential(network);
  views.set(network, view);
  return view;
}
