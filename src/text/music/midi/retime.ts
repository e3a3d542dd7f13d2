import { parseMidi, writeMidi } from 'midi-file';

/**
 * A MIDI file whose events come at other times.
 * @param move from whole notes to whole notes, never back
 */
export function retimed(bytes: Uint8Array, move: (time: number) => number): Uint8Array {
  const data = parseMidi(bytes);
  const whole = 4 * (data.header.ticksPerBeat ?? 480);
  const tracks = data.tracks.map((track) => {
    let time = 0;
    let before = 0;
    return track.map((event) => {
      time += event.deltaTime;
      const at = Math.max(before, Math.round(move(time / whole) * whole));
      const deltaTime = at - before;
      before = at;
      return { ...event, deltaTime };
    });
  });
  return Uint8Array.from(writeMidi({ header: data.header, tracks }));
}
