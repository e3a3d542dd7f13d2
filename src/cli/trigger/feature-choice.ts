import { spokenWords } from '../clips/spoken-words.js';
import { counted } from '../terminal/output.js';
import type { TrainOptions } from './training-options.js';
import { FEW_RECORDINGS } from './training-sizes.js';

/** The features of a new model; where that is not what the user might think, why. */
export interface FeatureChoice {
  features: TrainOptions['features'];
  why?: string;
}

/** What decides on the features beside the folder. */
export type FeatureChoiceOptions = Pick<
  TrainOptions,
  'features' | 'preset' | 'from' | 'word' | 'voices' | 'records' | 'labelSteps' | 'language'
>;

/**
 * The features that are asked for; where none are, those of the speech embedding for voices alone, without which they
 * teach little, and for words of which a folder has few recordings. Undefined leaves it to the preset.
 */
export async function chooseFeatures(
  folder: string | undefined,
  options: FeatureChoiceOptions,
): Promise<FeatureChoice> {
  const { features, preset, from } = options;
  if (features !== undefined || preset !== 'standard' || from !== undefined) return { features };
  if (folder === undefined) return { features: 'embedding' };
  const few = await fewRecordings(folder, options);
  if (few === undefined) return { features };
  const { INSTALL_VOICES, Voices } = await import('../../audio/voices/voices.js');
  const { SeqkitError } = await import('../../base/errors.js');
  try {
    await Voices.find({ language: options.language });
  } catch (error) {
    if (!(error instanceof SeqkitError)) throw error;
    const why = `${few} Synthetic voices would say it too, and less would be missed, if there were any: ${INSTALL_VOICES}.`;
    return { features, why };
  }
  const why = `${few} So synthetic voices say it too, and the model hears through a speech embedding. If it is no speech: --features log-mel.`;
  return { features: 'embedding', why };
}

/** What is to be said of words that have few recordings; undefined where they have enough, or voices are not wanted. */
async function fewRecordings(
  folder: string,
  { word: words, voices, records, labelSteps }: FeatureChoiceOptions,
): Promise<string | undefined> {
  // Voices say what the word is called: without --word nobody knows. Examples to mix again, and labels counted in
  // steps, are those of recordings alone.
  if (words === undefined || voices !== undefined || records !== undefined || labelSteps !== undefined)
    return undefined;
  const counts = await recordingsOf(folder, words);
  const fewest = Math.min(...counts);
  if (fewest === 0 || fewest >= FEW_RECORDINGS) return undefined;
  return `${counted(fewest, 'recording')} of ${spokenWords([words[counts.indexOf(fewest)]])} ${fewest === 1 ? 'is' : 'are'} few.`;
}

/** How many recordings a folder has of each word: those in the word's own folder, or all where words have none. */
async function recordingsOf(folder: string, words: readonly string[]): Promise<number[]> {
  const { isSoundName } = await import('../../audio/clips/clips.js');
  const { folderHost } = await import('../../base/host/folder-host.js');
  if (!folderHost.isFolder(folder)) return [0];
  const names = folderHost
    .filesBelow(folder)
    .files.map((path) => folderHost.relative(folder, path))
    .filter((name) => name.startsWith('activates/') && isSoundName(name));
  const hasFolders = names.some((name) => name.split('/').length > 2);
  return words.map(
    (word) => names.filter((name) => !hasFolders || name.startsWith(`activates/${word}/`)).length,
  );
}
