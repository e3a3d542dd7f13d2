import { decodeTextFile } from '../base/encoding/text-file.js';
import { hostFiles } from './host-files.js';

/** A file of questions: its path or, where there are no files, its text. */
export type Questions = string | { readonly text: string };

/** The lines of a file of questions, and what to call it in errors. */
export async function questionLines(questions: Questions): Promise<{ source: string; lines: string[] }> {
  const lines = (text: string) => text.replace(/^\ufeff/, '').split(/\r\n?|\n/);
  if (typeof questions !== 'string') return { source: 'the text', lines: lines(questions.text) };
  const { readFileBytes } = await hostFiles('give its text as { text }');
  const bytes = readFileBytes(questions, 'the questions');
  return { source: questions, lines: lines(decodeTextFile(bytes, questions)) };
}
