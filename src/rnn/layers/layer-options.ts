import { optional, schemaOf, text, wholeNumber, number, type Schema } from '../../base/schema/index.js';
import { Layer } from './layer.js';

// The schemas that options of several layers share.

/** What engines count in 32 bits. */
const MAX_SIZE = 2 ** 31 - 1;

/** How many of something there are: units, filters, tokens. */
export const size = wholeNumber({ min: 1, max: MAX_SIZE });

/** Time steps that a window spans or moves by; a kernel goes over all of them. */
export const windowSize = wholeNumber({ min: 1, max: 2 ** 20 });

/** What is added to a variance before its root is taken; 0 where no feature stays the same. */
export const epsilon = number({ min: 0 });

/** A share that is dropped: all of it would leave nothing. */
export const dropRate = number({ min: 0, below: 1 });

/** Empty where the model is to give one. */
export const layerName = optional(text);

/** The options of layers that have none but a name. */
export interface NamedOptions {
  name?: string;
}

/** The table of `NamedOptions`. */
export const named = { name: layerName };

/** So many layers may stand one inside the other: more would overflow the stack. */
export const DEEPEST_NESTING = 32;

/** A layer to be put inside another, which gives it its name and builds it. */
export function innerLayer<Inner extends Layer>(
  kind: string,
  fits: (layer: Layer) => boolean,
  hint: (layer: Layer) => string | undefined,
): Schema<Inner> {
  return schemaOf<Inner>(
    kind,
    (value) =>
      value instanceof Layer &&
      value.name === '' &&
      !value.built &&
      value.depth < DEEPEST_NESTING &&
      fits(value),
    (value) => {
      if (!(value instanceof Layer)) return `Make one first, such as new Dense({ units: 8 }).`;
      if (value.depth >= DEEPEST_NESTING)
        return `No more than ${DEEPEST_NESTING} layers stand one inside the other.`;
      if (value.built) return 'It was built already: make a new one for each place.';
      return value.name === '' ? hint(value) : 'Leave out its name, and name the layer around it.';
    },
  );
}

/** A new layer with one output. */
export const newLayer: Schema<Layer> = innerLayer(
  'a new layer with one output and without a name',
  ({ outputs }) => outputs === 1,
  () => 'Leave out returnState.',
);
