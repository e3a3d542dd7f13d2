import type { AutoReport } from '../../rnn/engine/auto-session.js';

/** What `--engine auto` chose and why, as one line that begins with an `--engine` to paste. */
export function engineLine({ engine, device, stepMs, resumed }: AutoReport): string {
  if (resumed) return `--engine ${engine}: the training was begun on it.`;
  const [best, ...others] = stepMs;
  if (best === undefined) return `--engine ${engine}: no GPU here to try (seqkit devices says why).`;
  if (others.length === 0)
    return `--engine ${engine}: the GPU failed on this job (seqkit devices says more).`;
  const slower = others.map((other) => `${readable(other.ms)} ms with ${other.engine} on ${other.device}`);
  return `--engine ${engine}: a step takes ${readable(best.ms)} ms on ${device}, ${slower.join(', ')}.`;
}

/** Three figures tell two engines apart. */
function readable(ms: number): string {
  return ms >= 100 ? String(Math.round(ms)) : ms.toPrecision(3);
}
