import { SeqkitError } from '../errors.js';
import { nearestName } from '../schema/index.js';

/** The names of the Encoding Standard (https://encoding.spec.whatwg.org), and the label by which latin1 is known. */
const names = [
  ...['utf-8', 'utf-16le', 'utf-16be', 'latin1', 'windows-1250', 'windows-1251', 'windows-1252'],
  ...['windows-1253', 'windows-1254', 'windows-1255', 'windows-1256', 'windows-1257', 'windows-1258'],
  ...['windows-874', 'iso-8859-2', 'iso-8859-3', 'iso-8859-4', 'iso-8859-5', 'iso-8859-6', 'iso-8859-7'],
  ...['iso-8859-8', 'iso-8859-10', 'iso-8859-13', 'iso-8859-14', 'iso-8859-15', 'iso-8859-16', 'ibm866'],
  ...['koi8-r', 'koi8-u', 'macintosh', 'x-mac-cyrillic', 'gbk', 'gb18030', 'big5', 'euc-jp', 'iso-2022-jp'],
  ...['shift_jis', 'euc-kr'],
];

/** Other labels that are often typed, for what was meant. */
const labels = [
  'utf-16',
  'cp866',
  'cp1250',
  'cp1251',
  'cp1252',
  'latin2',
  'latin5',
  'iso-8859-1',
  'sjis',
  'koi8',
];

/** The encodings that this platform decodes. */
export function textEncodings(): string[] {
  return names.filter((name) => open(name, {}) !== undefined);
}

/**
 * A decoder that refuses what does not fit.
 * @param encoding a label of the Encoding Standard, such as `latin1` or `utf-16le`
 * @throws SeqkitError `bad-value` for an unknown label, with those there are and the nearest ones
 */
export function fatalDecoder(encoding: string, options: { ignoreBOM?: boolean } = {}): TextDecoder {
  const decoder = open(encoding, options);
  if (decoder !== undefined) return decoder;
  const near = nearestName(encoding, [...textEncodings(), ...labels]);
  const meant = near === undefined ? '' : ` Did you mean ${near}?`;
  throw new SeqkitError(`There is no text encoding called ${JSON.stringify(encoding)}.${meant}`, {
    code: 'bad-value',
    hint: `Those that are read: ${textEncodings().join(', ')}. Convert others first, for example with: ${conversion(encoding)}`,
  });
}

/** A command line that turns a text into UTF-8. @param encoding as iconv calls it */
export function conversion(encoding: string): string {
  // What was typed may hold anything, and a command line is there to be pasted.
  const name = /^[\w.:-]+$/.test(encoding) ? encoding.toUpperCase() : 'NAME';
  return `iconv -f ${name} -t UTF-8 in.txt > out.txt`;
}

function open(encoding: string, options: { ignoreBOM?: boolean }): TextDecoder | undefined {
  try {
    return new TextDecoder(encoding, { ...options, fatal: true });
  } catch {
    return undefined;
  }
}
