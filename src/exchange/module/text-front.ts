import { SeqkitError } from '../../base/errors.js';
import { quoted } from '../../base/schema/index.js';
import { readSettings } from '../../text/model/read-text.js';
import type { ExportedModel } from '../source/exported-model.js';
import { literal } from './code/code-part.js';
import { textCode } from './code/text-code.js';
import { networkConstants, type Front } from './front.js';
import type { PackedWeights } from './packed-weights.js';

/**
 * A model that writes text.
 * @throws SeqkitError `usage` for one of tunes, whose grammar stands in seqkit, and for one of words or byte pairs
 */
export function textFront({ file, graph, source }: ExportedModel, weights: PackedWeights): Front {
  const { vocabulary, lines, extra } = readSettings(file!, source);
  const [more] = Object.keys(extra);
  if (more !== undefined) {
    throw new SeqkitError(`${source} is a text model with ${quoted(more)}, whose rules are no layers.`, {
      code: 'usage',
      hint: 'Make a page of it, which has all of seqkit that it needs: seqkit export-page.',
    });
  }
  const { characters, bytes, spelled, tokens, pieces } = vocabulary;
  if (pieces.length > 0) {
    throw new SeqkitError(
      `${source} reads ${tokens === 'bpe' ? 'byte pairs' : 'words'}; modules read characters.`,
      {
        code: 'usage',
        hint: 'Make a page of it, which has all of seqkit that it needs: seqkit export-page.',
      },
    );
  }
  return {
    title: 'a text model',
    example: [
      "model.generate({ prime: 'Once', length: 300, temperature: 0.8, seed: 1 });",
      "for (const piece of model.stream({ prime: 'Once' })) write(piece);",
    ],
    parts: textCode,
    needs: ['predict', 'stream'],
    constants: [
      `const CHARACTERS = ${literal(characters)};`,
      'const TOKENS = new Map(CHARACTERS.map((character, token) => [character, token]));',
      `const BYTES = '${bytes}';`,
      `const SPELLED = ${spelled};`,
      `const LINES = ${lines !== undefined};`,
      ...networkConstants(graph, weights),
    ],
    exported: ['generate', 'stream', 'predict'],
  };
}
