import { Option, type Command } from 'commander';
import type { FeatureSetName } from '../../audio/signal/feature-settings.js';
import type { TransferPart } from '../../audio/trigger-transfer.js';
import type { EngineChoice } from '../../rnn/engine/engine-names.js';
import { addMixingOptions, type MixingOptions } from '../clips/mixing-options.js';
import { sayOption } from '../clips/pronunciations.js';
import { FEW_RECORDINGS, QUICK, VOICED_CLIPS } from './training-sizes.js';
import {
  engineOption,
  forceOption,
  jsonOption,
  realNumber,
  repairOption,
  seedOption,
  spokenOption,
  threadsOption,
  verifyOption,
  wholeNumber,
} from '../options/options.js';

export interface TrainOptions extends MixingOptions {
  readonly out: string;
  readonly word?: readonly string[];
  readonly say?: readonly string[];
  readonly language: string;
  readonly voices?: number;
  readonly quick: boolean;
  readonly preset: string;
  readonly features?: FeatureSetName | 'embedding';
  readonly labelSteps?: number;
  readonly epochs?: number;
  readonly examples?: number;
  readonly from?: string;
  readonly train?: TransferPart;
  readonly holdOut: number;
  readonly records?: string;
  readonly patience?: number;
  readonly spoken: number;
  readonly checkpoint?: string;
  readonly resume: boolean;
  readonly repair: boolean;
  readonly seed: number;
  readonly engine: EngineChoice;
  readonly verify: boolean;
  readonly threads?: number;
  readonly force: boolean;
  readonly json: boolean;
}

/** The command train-trigger with its options, which does nothing yet. */
export function trainTriggerCommand(program: Command): Command {
  const command = program
    .command('train-trigger')
    .description('Train a model that hears a word, or several, from synthetic voices, recordings or both.')
    .argument(
      '[clips]',
      'folder with activates/, negatives/ and backgrounds/; without the latter two, those of seqkit; without a folder, voices say the --word',
    )
    .option('--out <file>', 'the model file', 'trigger.safetensors')
    .addOption(
      new Option(
        '--word <name>',
        'the word or phrase, several times for several; of a folder, what its word is called, or which of those below activates/ to train (default: all there, or "activate")',
      ).argParser((word: string, before: readonly string[] | undefined) => [...(before ?? []), word]),
    )
    .addOption(sayOption())
    .option('--language <code>', 'of the voices, such as en, de or pt-br', 'en')
    .addOption(
      new Option(
        '--voices <n>',
        `clips of each word by synthetic voices (default: ${VOICED_CLIPS} without a folder, with --features embedding, and for fewer than ${FEW_RECORDINGS} recordings of a --word; otherwise none)`,
      ).argParser(wholeNumber({ min: 0, max: 10_000 })),
    )
    .option(
      '--quick',
      `a first model sooner, from fewer voices and examples, with a coarser threshold: --voices ${QUICK.voices} --spoken ${QUICK.minutes} --examples ${QUICK.examples} where you do not say otherwise`,
      false,
    )
    .addOption(
      new Option(
        '--preset <name>',
        'features, network and training: standard, embedding or coursera',
      ).default('standard'),
    )
    .addOption(
      new Option(
        '--from <model>',
        'goes on from this model, with its features and network: for another word, or to learn from mistakes',
      ).conflicts(['preset', 'features', 'labelSteps']),
    )
    .addOption(
      new Option(
        '--train <part>',
        'with --from: what follows the convolution (head, the default), or all of it',
      ).choices(['head', 'all']),
    )
    .addOption(
      new Option(
        '--features <name>',
        "in place of the preset's: librosa and mfcc follow librosa, embedding is a small network over a speech embedding (see add-embedding), and the default where voices say the word",
      ).choices(['log-mel', 'librosa', 'mfcc', 'embedding']),
    )
    .addOption(
      new Option(
        '--label-steps <n>',
        "output steps labelled after each word (default: the preset's, 364 ms)",
      ).argParser(wholeNumber({ min: 1, max: 1000 })),
    )
    .addOption(
      new Option('--epochs <n>', "times through the mixed examples (default: the preset's)").argParser(
        wholeNumber({ min: 1, max: 10_000 }),
      ),
    )
    .addOption(
      new Option(
        '--examples <n>',
        'examples to mix (default: 25 for each clip of the word, 2000 to 6000)',
      ).argParser(wholeNumber({ min: 1, max: 100_000 })),
    )
    .addOption(
      new Option(
        '--patience <epochs>',
        'early stopping: ends where the clips held back to judge by have not been heard better for so many epochs (default: never)',
      ).argParser(wholeNumber({ min: 1, max: 10_000 })),
    )
    .addOption(
      new Option('--hold-out <share>', 'share of the clips, by speaker, to test on instead of training')
        .argParser(realNumber({ min: 0, max: 0.9 }))
        .default(0),
    )
    .addOption(spokenOption())
    .option('--checkpoint <file>', 'keeps the training here after each epoch')
    .option('--resume', 'goes on from the --checkpoint, to the very model of an unbroken run', false)
    .option('--records <file>', 'writes how each example was mixed, a line of JSON each, for show-clip')
    .addOption(repairOption())
    .addOption(seedOption())
    .addOption(engineOption())
    .addOption(verifyOption('the model of --from'))
    .addOption(threadsOption())
    .addOption(forceOption())
    .addOption(jsonOption());
  addMixingOptions(command);
  return command;
}
