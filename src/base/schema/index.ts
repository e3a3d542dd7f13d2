export { abortSignal } from './abort-signal.js';
export { fileBytes } from './bytes.js';
export { fieldsOf, type FieldTable } from './fields.js';
export { nearestName } from './nearest-name.js';
export { storedNames, toStoredNames } from './field-names.js';
export { finiteNumbers, isNumberArray, isTypedNumbers, numbersOf } from './numbers.js';
export { objectWith } from './object-with.js';
export { optionsSchema, type OptionsSchema, type OptionTable } from './options-schema.js';
export { optional, parseStored, schemaOf, wrongValue, type OptionalSchema, type Schema } from './schema.js';
export { isPlainObject } from './plain-object.js';
export { quoted, shown } from './shown.js';
export { isTypedArray, typedArray } from './typed-array.js';
export {
  anything,
  callback,
  choice,
  either,
  exactly,
  flag,
  instanceOf,
  listOf,
  number,
  numberOrInfinity,
  recordOf,
  someText,
  text,
  wholeNumber,
  type Bounds,
} from './values.js';
