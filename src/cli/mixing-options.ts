import { Option, type Command } from 'commander';
import type { SynthesisSettings } from '../audio/synthesis.js';
import { realNumber } from './options.js';

/** What may be added to the mixing of examples; show-clip must be told the same to make an example again. */
export interface MixingOptions {
  readonly negatives?: string;
  readonly rooms?: string;
  readonly pitch?: number;
  readonly equalizer?: number;
}

/** Half of the pieces, or of the examples, are changed: the others stay as they were recorded. */
const SHARE = 0.5;

/** Adds `--negatives`, `--rooms`, `--pitch` and `--equalizer`. */
export function addMixingOptions(command: Command): Command {
  return command
    .option(
      '--negatives <folder>',
      'recordings that set a model off without the word, such as listen --save-alarms keeps',
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
    );
}

/** The settings that the options ask for. */
export function synthesisOf({ pitch, equalizer }: MixingOptions): Partial<SynthesisSettings> {
  return {
    ...(pitch !== undefined && { pitchShare: SHARE, pitchSemitones: [-pitch, pitch] as const }),
    ...(equalizer !== undefined && { equalizerShare: SHARE, equalizerDb: equalizer }),
  };
}
