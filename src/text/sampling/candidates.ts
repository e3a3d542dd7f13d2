import { Random } from '../../base/math/random.js';

/** How unlikely what came was to the model, in nats. @param probability what it gave it */
export function surprisal(probability: number): number {
  return -Math.log(Math.max(probability, Number.MIN_VALUE));
}

/** The random numbers of one of several candidates: the first has those of what is made alone. */
export function candidateRandom(seed: number, candidate: number): Random {
  return candidate === 0 ? new Random(seed) : new Random(seed).fork(`candidate ${candidate}`);
}

/** The candidate that is likeliest to the model, the first of equals. @param nats of each, by its length */
export function likeliestOf<Candidate>(
  candidates: readonly Candidate[],
  nats: (candidate: Candidate) => number,
): Candidate {
  return candidates.reduce((best, each) => (nats(each) < nats(best) ? each : best));
}
