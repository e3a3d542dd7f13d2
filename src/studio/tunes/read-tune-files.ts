import type { ReadTunes, Tune, UnlearntTune } from '../../text/index.js';

/** Tunes of files in ABC or MIDI, as one text in ABC, which stands in the field and can be mended. */
export async function abcOf(files: readonly File[]): Promise<string> {
  const { decodeUtf8, isMidi, readMidi, writeTunes } = await import('../../text/index.js');
  const parts: string[] = [];
  const played: Tune[] = [];
  for (const file of files) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (isMidi(bytes)) played.push(readMidi(bytes, { title: file.name.replace(/\.midi?$/i, '') }).tune);
    else parts.push(decodeUtf8(bytes, file.name));
  }
  if (played.length > 0) parts.push(writeTunes(played));
  return parts.join('\n\n');
}

/** What a text in ABC holds. */
export interface TunesToLearn extends ReadTunes {
  /** Tunes that are understood, and that the network cannot learn. */
  readonly unlearnt: readonly UnlearntTune[];
}

export async function readForTraining(abc: string): Promise<TunesToLearn> {
  const { readTunes, TuneModel } = await import('../../text/index.js');
  const read = readTunes(abc);
  const model = new TuneModel({ engine: 'wasm' });
  try {
    return { ...read, unlearnt: model.unlearntOf(read.tunes) };
  } finally {
    await model.dispose();
  }
}

/** What is understood of a text in ABC, in a sentence or two. */
export function understood({ tunes, faults, unlearnt }: TunesToLearn): string {
  const left = faults.length === 0 ? 'none left out' : `${faults.length} left out`;
  const [fault] = faults;
  const why = fault ? `: line ${fault.line}, “${fault.title || fault.number}”: ${fault.reason}` : '';
  const [first] = unlearnt;
  const not = first ? `. ${unlearnt.length} cannot be learnt, such as “${first.title}”: ${first.reason}` : '';
  return `${tunes.length} ${tunes.length === 1 ? 'tune' : 'tunes'} understood, ${left}${why}${not}.`;
}
