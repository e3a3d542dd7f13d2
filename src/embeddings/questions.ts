import { decodeTextFile } from '../base/encoding/text-file.js';
import { hostFiles } from './host-files.js';

/** A file of questions: its path or, where there are no files, its text, with a name for errors. */
export type Questions = string | { readonly text: string; readonly name?: string };

/** The lines of a file of questions, and what to call it in errors. */
export async function questionLines(questions: Questions): Promise<{ source: string; lines: string[] }> {
  const lines = (text: string) => text.replace(/^\ufeff/, '').split(/\r\n?|\n/);
  if (typeof questions !== 'string')
    return { source: questions.name ?? 'the text', lines: lines(questions.text) };
  const { readFileBytes } = await hostFiles('give its text as { text }');
  const bytes = readFileBytes(questions, 'the questions');
  return { source: questions, lines: lines(decodeTextFile(bytes, questions)) };
}
