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
  /** The mean loss in nats per token: a character, or what else the model reads, such as a word. */
  lossPerToken: number;
  /** How many tokens were predicted. */
  tokens: number;
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
    // The first character or piece is not predicted; of lines, that is the line feed before the first.
    const left = Math.min(tokens.characters, tokens.length) - (lines ? 1 : 0);
    if (left + (lines ? 1 : 0) < 2) {
      const unit = tokens.characters < 2 ? 'character' : 'token';
      throw new SeqkitError(
        `The text has ${left === 1 ? 'one' : 'no'} ${unit}: there is nothing to predict.`,
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
    const { characters: singles, pieces } = vocabulary;
    const piece = pieces[tokens.read(0, 1)[0] - singles.length] as string | undefined;
    const characters = tokens.characters - (piece === undefined ? 1 : [...piece].length);
    const loss = sum / characters;
    // Where the first character takes several bytes, all but the first of them are predicted.
    const bytes = tokens.bytes - (piece === undefined ? 1 : new TextEncoder().encode(piece).length);
    const bitsPerByte = toBits(sum) / bytes;
    const { predictions } = batches;
    return {
      ...{ loss, bitsPerCharacter: toBits(loss), bitsPerByte, characters },
      ...{ lossPerToken: sum / predictions, tokens: predictions },
    };
  } finally {
    tokens.dispose();
  }
}
