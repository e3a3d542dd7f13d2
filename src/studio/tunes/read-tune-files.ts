import type { ReadTunes, Tune } from '../../text/index.js';

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

/** What is understood of a text in ABC, in a sentence. */
export function understood({ tunes, faults }: ReadTunes): string {
  const left = faults.length === 0 ? 'none left out' : `${faults.length} left out`;
  const [first] = faults;
  const why = first ? `: line ${first.line}, “${first.title || first.number}”: ${first.reason}` : '';
  return `${tunes.length} ${tunes.length === 1 ? 'tune' : 'tunes'} understood, ${left}${why}`;
}
