import { SeqkitError } from '../../../base/errors.js';
import { nearestName } from '../../../base/schema/index.js';

/** The instruments of General MIDI 1 (RP-003), from number 1 on. */
const INSTRUMENTS = (
  'acoustic grand piano|bright acoustic piano|electric grand piano|honky-tonk piano|electric piano 1|' +
  'electric piano 2|harpsichord|clavi|celesta|glockenspiel|music box|vibraphone|marimba|xylophone|' +
  'tubular bells|dulcimer|drawbar organ|percussive organ|rock organ|church organ|reed organ|accordion|' +
  'harmonica|tango accordion|acoustic guitar (nylon)|acoustic guitar (steel)|electric guitar (jazz)|' +
  'electric guitar (clean)|electric guitar (muted)|overdriven guitar|distortion guitar|guitar harmonics|' +
  'acoustic bass|electric bass (finger)|electric bass (pick)|fretless bass|slap bass 1|slap bass 2|' +
  'synth bass 1|synth bass 2|violin|viola|cello|contrabass|tremolo strings|pizzicato strings|' +
  'orchestral harp|timpani|string ensemble 1|string ensemble 2|synth strings 1|synth strings 2|' +
  'choir aahs|voice oohs|synth voice|orchestra hit|trumpet|trombone|tuba|muted trumpet|french horn|' +
  'brass section|synth brass 1|synth brass 2|soprano sax|alto sax|tenor sax|baritone sax|oboe|' +
  'english horn|bassoon|clarinet|piccolo|flute|recorder|pan flute|blown bottle|shakuhachi|whistle|' +
  'ocarina|lead 1 (square)|lead 2 (sawtooth)|lead 3 (calliope)|lead 4 (chiff)|lead 5 (charang)|' +
  'lead 6 (voice)|lead 7 (fifths)|lead 8 (bass + lead)|pad 1 (new age)|pad 2 (warm)|pad 3 (polysynth)|' +
  'pad 4 (choir)|pad 5 (bowed)|pad 6 (metallic)|pad 7 (halo)|pad 8 (sweep)|fx 1 (rain)|fx 2 (soundtrack)|' +
  'fx 3 (crystal)|fx 4 (atmosphere)|fx 5 (brightness)|fx 6 (goblins)|fx 7 (echoes)|fx 8 (sci-fi)|sitar|' +
  'banjo|shamisen|koto|kalimba|bag pipe|fiddle|shanai|tinkle bell|agogo|steel drums|woodblock|taiko drum|' +
  'melodic tom|synth drum|reverse cymbal|guitar fret noise|breath noise|seashore|bird tweet|' +
  'telephone ring|helicopter|applause|gunshot'
).split('|');

/**
 * The number of an instrument in General MIDI, from 0 as MIDI's program changes have it.
 * @param name its name, or the only one that begins so, or its number from 1 to 128
 * @throws SeqkitError `bad-value` for what names none
 */
export function programOf(name: string): number {
  const wanted = name.trim().toLowerCase();
  if (/^\d+$/.test(wanted) && Number(wanted) >= 1 && Number(wanted) <= INSTRUMENTS.length) {
    return Number(wanted) - 1;
  }
  const at = INSTRUMENTS.indexOf(wanted);
  if (at >= 0) return at;
  const alike = wanted === '' ? [] : INSTRUMENTS.filter((each) => each.startsWith(wanted));
  if (alike.length === 1) return INSTRUMENTS.indexOf(alike[0]);
  const near = alike.length > 1 ? alike.slice(0, 4).join(', ') : nearestName(wanted, INSTRUMENTS);
  throw new SeqkitError(`instrument: General MIDI has no ${JSON.stringify(name)}.`, {
    code: 'bad-value',
    hint: `Give a name such as ${near ?? 'violin, flute or accordion'}, or a number from 1 to 128.`,
  });
}
