import { SeqkitError } from '../../base/errors.js';
import type { Sequential } from '../../rnn/model/sequential.js';
import { LineBatches, TextLines } from '../corpus/line-batches.js';
import { measuringBatches, textLoss, toBits } from './text-loss.js';
import { linesOf, type TextSource } from '../corpus/text-source.js';
import { encodeText } from '../corpus/token-store.js';
import type { Vocabulary } from '../corpus/vocabulary.js';

/** How well a model predicts a text. */
export interface TextLoss {
  /** The mean loss in nats per character. */
  loss: number;
  /** The same in bits. */
  bitsPerCharacter: number;
  /** Bits for each byte of the text's UTF-8, which compares models of characters with those of bytes. */
  bitsPerByte: number;
  /** How many characters were predicted: all but the first; of lines all, their ends too. */
  characters: number;
}

/**
 * The loss of a compiled model over a text. A character spelled in bytes counts once, with the loss of all
 * its bytes.
 * @throws SeqkitError `too-little-data` where there is nothing to predict
 */
export async function measureText(
  model: Sequential,
  source: TextSource,
  vocabulary: Vocabulary,
  { batchSize, seqLength, lines }: { batchSize: number; seqLength: number; lines: boolean },
): Promise<TextLoss> {
  const tokens = await encodeText(lines ? linesOf(source) : source.chunks(), vocabulary);
  try {
    if (tokens.characters < 2) {
      throw new SeqkitError(
        `The text has ${tokens.characters - (lines ? 1 : 0) === 1 ? 'one character' : 'no character'}: there is nothing to predict.`,
        {
          code: 'too-little-data',
        },
      );
    }
    let batches;
    if (lines) {
      const all = new TextLines(tokens, vocabulary.encode('\n')[0]);
      const every = Uint32Array.from({ length: all.length }, (_, line) => line);
      batches = new LineBatches(all, every, { batchSize, steps: seqLength });
    } else batches = measuringBatches(tokens, { batchSize, seqLength });
    const sum = await textLoss(model, batches);
    // What is not predicted: the first character, or the line feed before the first line.
    const characters = tokens.characters - 1;
    const loss = sum / characters;
    // Where the first character takes several bytes, all but the first of them are predicted.
    const bitsPerByte = toBits(sum) / (tokens.bytes - 1);
    return { loss, bitsPerCharacter: toBits(loss), bitsPerByte, characters };
  } finally {
    tokens.dispose();
  }
}
