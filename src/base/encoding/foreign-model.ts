/** What the bytes of a file of another library begin with, and what such a file is. */
const BEGINNINGS: readonly (readonly [at: number, text: string, what: string])[] = [
  [0, '\x89HDF\r\n\x1a\n', 'an HDF5 file, as Keras writes'],
  [0, 'PK\x03\x04', 'a zip archive, as Keras and PyTorch write'],
  [4, 'TFL3', 'a file of TensorFlow Lite'],
  [0, '{', 'JSON'],
];

/** What may follow the version in an ONNX file: the tags of its other fields. */
const ONNX_TAGS = '\x12\x1a\x22\x28\x32\x3a\x42\x72';

/**
 * What a model's file is, where it is one of another library. Text that begins with a brace may be anything.
 * @param start its first bytes, 9 or more, of which no safetensors file begins
 * @returns such as `an ONNX file`; undefined for what is not known
 */
export function foreignModel(start: Uint8Array): string | undefined {
  const text = String.fromCharCode(...start.subarray(0, 16));
  const found = BEGINNINGS.find(([at, beginning]) => text.startsWith(beginning, at));
  if (found) return found[2];
  const [first = 0, second = 0] = start;
  if (first === 0x80 && second >= 2 && second <= 5) return 'a pickle of Python';
  // Field 1 as a varint, the version of the format, then another field.
  const isOnnx = first === 8 && second > 0 && second < 64 && ONNX_TAGS.includes(text.charAt(2));
  return isOnnx ? 'an ONNX file' : undefined;
}
