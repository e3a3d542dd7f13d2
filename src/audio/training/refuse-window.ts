import { SeqkitError } from '../../base/errors.js';
import type { NetworkSettings } from '../detection/trigger-settings.js';

/** @throws SeqkitError `usage` for a network of another library, which is not trained here */
export function refuseWindow({ layers }: NetworkSettings): void {
  if (layers !== 'window') return;
  throw new SeqkitError(
    "The model is another library's, over windows of embeddings: it is not trained further.",
    {
      code: 'usage',
      hint: "Train one of your own through the same embedding: new TriggerModel({ features: 'embedding' }).",
    },
  );
}
