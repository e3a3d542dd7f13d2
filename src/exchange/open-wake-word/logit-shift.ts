/**
 * What is added to the logits of scores, so that `to` stands where `from` was.
 * @param from above 0
 * @param to above 0; the two differ or are the same, 1 among them
 * @returns a number; an infinite one where one of them is 1 and the other is not
 */
export function logitShift(from: number, to: number): number {
  return from === to ? 0 : logit(to) - logit(from);
}

function logit(probability: number): number {
  return Math.log(probability / (1 - probability));
}
