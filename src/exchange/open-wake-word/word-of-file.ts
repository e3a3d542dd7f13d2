/**
 * What a file of a wake word is about: "hey robot" of `models/hey_robot_v0.1.onnx`.
 * @returns undefined for a name that says nothing
 */
export function wordOfFile(name: string): string | undefined {
  const file = name.split(/[?#]/, 1)[0].split(/[\\/]/).at(-1)!;
  const word = file
    .replace(/\.[a-z]\w*$/i, '')
    .replace(/[_\-. ]v\d+(\.\d+)*$/i, '')
    .replaceAll(/[_\-\s]+|%20/g, ' ')
    .trim();
  return word === '' ? undefined : word;
}
