import { Option, type Command } from 'commander';
import type { SynthesisSettings } from '../../audio/mixing/synthesis-settings.js';
import { realNumber } from '../options/options.js';

/** What may be added to the mixing of examples; show-clip must be told the same to make an example again. */
export interface MixingOptions {
  readonly negatives?: string;
  readonly mine?: string;
  readonly rooms?: string;
  readonly pitch?: number;
  readonly equalizer?: number;
  readonly lowPass?: number;
  readonly clipEnd: boolean;
}

/** Half of the segments, or of the examples, are changed: the others stay as they were recorded. */
const SHARE = 0.5;
/** Speech without treble, as over a telephone, is the exception. */
const LOW_PASS_SHARE = 0.2;
const HIGHEST_LOW_PASS_HZ = 7_000;

/** Adds `--negatives`, `--mine`, `--rooms`, `--pitch`, `--equalizer`, `--low-pass` and `--clip-end`. */
export function addMixingOptions(command: Command): Command {
  return command
    .option(
      '--negatives <folder>',
      'recordings that set a model off without the word, such as listen --save-alarms keeps',
    )
    .option(
      '--mine <folder>',
      'takes of the word by the one person that the model is to hear above all: a third of the words in training; a fifth of the takes is held back to test on',
    )
    .option('--rooms <folder>', 'impulse responses of rooms, in place of those that are made up')
    .addOption(
      new Option('--pitch <semitones>', 'moves the pitch of half the clips by up to so many').argParser(
        realNumber({ above: 0, max: 12 }),
      ),
    )
    .addOption(
      new Option('--equalizer <db>', 'peaks and dips of up to so many in half the examples').argParser(
        realNumber({ above: 0, max: 24 }),
      ),
    )
    .addOption(
      new Option(
        '--low-pass <hz>',
        'nothing above so many hertz, or up to 7,000, in a fifth of the examples, as over a telephone',
      ).argParser(realNumber({ min: 500, max: HIGHEST_LOW_PASS_HZ })),
    )
    .addOption(
      new Option(
        '--clip-end',
        'a word ends where its clip ends, not where its speech does, and labels begin there',
      ).default(false),
    );
}

/** The settings that the options ask for. */
export function synthesisOf({
  pitch,
  equalizer,
  lowPass,
  clipEnd,
}: MixingOptions): Partial<SynthesisSettings> {
  return {
    ...(pitch !== undefined && { pitchShare: SHARE, pitchSemitones: [-pitch, pitch] as const }),
    ...(clipEnd && { wordEnd: 'clip' as const }),
    ...(equalizer !== undefined && { equalizerShare: SHARE, equalizerDb: equalizer }),
    ...(lowPass !== undefined && {
      lowPassShare: LOW_PASS_SHARE,
      lowPassHz: [lowPass, HIGHEST_LOW_PASS_HZ] as const,
    }),
  };
}
