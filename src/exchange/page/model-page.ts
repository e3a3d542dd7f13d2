import { decodeSafetensors } from '../../base/encoding/safetensors.js';
import { xmlText } from '../../base/encoding/xml-characters.js';
import { SeqkitError } from '../../base/errors.js';
import { choice, fileBytes, optional, optionsSchema, text, wrongValue } from '../../base/schema/index.js';
import { packedModel, PAGE_PRECISIONS, roundedFile, type PagePrecision } from './packed-model.js';

export type { PagePrecision } from './packed-model.js';

export interface ModelPageOptions {
  /** The heading. @default 'A model' */
  title?: string;
  /** Of the weights. Rounded ones give other numbers from the fourth digit on, or the third. @default 'float16' */
  precision?: PagePrecision;
}

const pageOptions = optionsSchema<ModelPageOptions>('modelPage', {
  title: optional(text),
  precision: optional(choice(PAGE_PRECISIONS)),
});

/** Where a page takes its heading, and its model. */
const PLACE = /\{(title|model)\}/g;

/**
 * Puts a model into a page: one HTML file that works offline.
 * @param page one of those in `dist/studio/pages`: `listen`, `generate`, `compose`, `classify` or `chat`
 * @param model the file of a model, as its `toBytes` gives it
 * @throws SeqkitError `bad-value`; `bad-file` for a damaged model; `usage` for one that needs more than its file holds
 */
export async function modelPage(
  page: string,
  model: Uint8Array,
  options: ModelPageOptions = {},
): Promise<string> {
  const { title = 'A model', precision = 'float16' } = pageOptions.parse(options);
  const bytes = fileBytes.parse(model, 'modelPage: model');
  if (typeof page !== 'string' || page.match(PLACE)?.includes('{model}') !== true) {
    throw wrongValue('modelPage: page', 'a page of seqkit, with {title} and {model} in it', page);
  }
  const { tensors, metadata } = decodeSafetensors(bytes, 'The model');
  if (Object.values(metadata).some((value) => value.includes('"defaultVectors":"'))) {
    throw new SeqkitError(
      'The model needs the word vectors that come with seqkit, which a page by itself has not.',
      {
        code: 'usage',
        hint: 'Train a chatbot with vectors: false, or with includeVectors, which makes a page of 15 MB; a classifier with the encoder linear.',
      },
    );
  }
  if (Object.values(metadata).some((value) => /"(?:kind|encoder)":"embedding"/.test(value))) {
    throw new SeqkitError(
      'The model hears through a speech embedding, which takes more room than a page has.',
      {
        code: 'usage',
        hint: 'Train it with features of its own, such as log-mel, or put it into a page of yours: docs/in-a-page.md.',
      },
    );
  }
  const parts: Readonly<Record<string, string>> = {
    title: xmlText(title),
    model: await packedModel(precision === 'float32' ? bytes : roundedFile(tensors, metadata, precision)),
  };
  return page.replace(PLACE, (_, part: string) => parts[part]);
}
