import { decodeTextFile } from '../../base/encoding/text-file.js';
import { someText, text, wrongValue, type Schema } from '../../base/schema/index.js';
import { hostFiles } from '../vectors/host-files.js';

/** A file of questions: its path or, where there are no files, its text, with a name for errors. */
export type Questions = string | { readonly text: string; readonly name?: string };

const givenQuestions: Schema<Questions> = {
  expected: 'the path of a file, or its text as { text }',
  parse(value, name) {
    if (typeof value === 'string') return someText.parse(value, name);
    if (typeof value !== 'object' || value === null || !('text' in value)) {
      throw wrongValue(name, this.expected, value);
    }
    const title = (value as { name?: unknown }).name;
    return {
      text: text.parse(value.text, `${name}.text`),
      ...(title !== undefined && { name: someText.parse(title, `${name}.name`) }),
    };
  },
};

/** The lines of a file of questions, and what to call it in errors. */
export async function questionLines(given: Questions): Promise<{ source: string; lines: string[] }> {
  const questions = givenQuestions.parse(given, 'The questions');
  const lines = (text: string) => text.replace(/^\ufeff/, '').split(/\r\n?|\n/);
  if (typeof questions !== 'string')
    return { source: questions.name ?? 'the text', lines: lines(questions.text) };
  const { readFileBytes } = await hostFiles('give its text as { text }');
  const bytes = readFileBytes(questions, 'the questions');
  return { source: questions, lines: lines(decodeTextFile(bytes, questions)) };
}
