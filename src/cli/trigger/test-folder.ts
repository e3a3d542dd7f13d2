import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSoundName } from '../../audio/clips/clips.js';
import { readClips } from '../../audio/clips/read-clips.js';
import type { SpokenWord } from '../../audio/detection/evaluation.js';
import { scoreRecording, type ScoredRecording } from '../../audio/detection/scored-recording.js';
import { testRecordings } from '../../audio/detection/test-recordings.js';
import type { TriggerModel } from '../../audio/trigger-model.js';
import { decodeWav } from '../../audio/signal/wav.js';
import { SeqkitError } from '../../base/errors.js';
import { checkFolder, problemLine, readClipFiles } from '../clips/clip-folder.js';
import { counted, note } from '../terminal/output.js';
import { Progress } from '../terminal/progress.js';

export interface TestFolderOptions {
  /** Lays the folder's backgrounds under its clips, so many dB below the speech. */
  snr?: number;
  repair: boolean;
  seed: number;
}

/**
 * Lets a model listen to a folder: the clips of activates/, negatives/ and backgrounds/, each on its
 * own, and recordings that lie in the folder itself beside their labels.
 *
 * @throws SeqkitError `bad-file` for clips that cannot be used, `too-little-data` for an empty folder
 */
export function scoreFolder(
  folder: string,
  model: TriggerModel,
  options: TestFolderOptions,
): ScoredRecording[] {
  const content = readClipFiles(folder, options);
  const labelled = content.files.filter(({ path }) => !path.includes('/') && isSoundName(path));
  const own = content.files.filter(({ path }) => path.includes('/'));
  const { problems } = checkFolder({ files: own, problems: content.problems }, options);
  const grave = problems.filter(
    ({ kind }) => kind === 'damaged' || kind === 'silent' || kind === 'wrong-folder',
  );
  for (const problem of grave) if (problem.severity === 'warning') note(problemLine(problem));
  const errors = grave.filter(({ severity, kind }) => severity === 'error' && kind !== 'silent');
  if (errors.length > 0) {
    throw new SeqkitError(`${folder} cannot be tested on:\n  ${errors.map(problemLine).join('\n  ')}`, {
      code: 'bad-file',
      hint: 'Mend these files or take them out; nothing is left out unasked.',
    });
  }
  const clips = readClips(own, model.settings.features.sampleRate, { repair: options.repair ?? false });
  // Several words below activates/: those that the model does not listen for are no words to be found.
  const { words } = model;
  const others = clips.activates.filter(({ word }) =>
    word === undefined ? words.length > 1 : !words.includes(word),
  );
  clips.activates = clips.activates.filter((clip) => !others.includes(clip));
  clips.negatives.push(...others);
  if (others.length > 0)
    note(
      `${counted(others.length, 'clip')} of other words in activates/ count${others.length === 1 ? 's as a negative' : ' as negatives'}.`,
    );
  const { wordEnd = 'speech' } = model.settings.synthesis;
  const noise = { wordEnd, ...(options.snr !== undefined && { signalToNoiseDb: options.snr }) };
  const total = clips.activates.length + clips.negatives.length + clips.backgrounds.length + labelled.length;
  if (total === 0) {
    throw new SeqkitError(`${folder} holds nothing to listen to.`, {
      code: 'too-little-data',
      hint: 'It should hold activates/, negatives/ or backgrounds/, or recordings with labels beside them.',
    });
  }
  const bar = new Progress('listening', { total, unit: 'recordings' });
  const scored: ScoredRecording[] = [];
  for (const recording of testRecordings(clips, { ...noise, seed: options.seed })) {
    scored.push(scoreRecording(model, recording, recording));
    bar.update(scored.length);
  }
  for (const { path, bytes } of labelled) {
    const waveform = decodeWav(bytes, path, { repair: options.repair ?? false });
    for (const line of [...waveform.losses, ...waveform.remarks]) note(`${path}: ${line}`);
    const said = readLabels(join(folder, path), words, waveform.samples.length / waveform.sampleRate);
    scored.push(scoreRecording(model, waveform, { name: path, words: said }));
    bar.update(scored.length);
  }
  bar.end();
  return scored;
}

/**
 * The ends of the words in a recording, from the labels beside it: `x.txt` as Audacity exports them
 * (start, end and word, by tabs), or `x.json` with `{"words":[{"word","endSeconds"}]}`.
 */
function readLabels(recording: string, words: readonly string[], seconds: number): SpokenWord[] {
  const stem = recording.replace(/\.[^.]+$/, '');
  const bad = (file: string, cause: string): never => {
    throw new SeqkitError(`${file}: ${cause}`, {
      code: 'bad-file',
      hint: file.endsWith('.json')
        ? 'Expected {"words":[{"word":"activate","endSeconds":1.5}]}, with times in seconds.'
        : 'Expected lines of start, end and word by tabs (Audacity: File, Export labels), with a point in numbers.',
    });
  };
  // A label without a word means the one that the model listens for.
  const unnamed = words.length === 1 ? words[0] : undefined;
  const isListenedFor = ({ word }: SpokenWord) => word !== undefined && words.includes(word);
  let said: SpokenWord[];
  if (existsSync(`${stem}.json`)) {
    let content: unknown;
    try {
      content = JSON.parse(readFileSync(`${stem}.json`, 'utf8'));
    } catch {
      return bad(`${stem}.json`, 'it is not JSON');
    }
    const { words: list } = content as { words?: { word?: string; endSeconds?: number }[] };
    if (!Array.isArray(list)) return bad(`${stem}.json`, 'it holds no list "words"');
    said = list.map(({ word = unnamed, endSeconds }) => ({
      word,
      endSeconds: endSeconds ?? bad(`${stem}.json`, 'a word has no "endSeconds"'),
    }));
  } else if (existsSync(`${stem}.txt`)) {
    const lines = readFileSync(`${stem}.txt`, 'utf8').split(/\r?\n/);
    said = lines.flatMap((line, index) => {
      if (line.trim() === '') return [];
      const [start, end, label = ''] = line.split('\t');
      const seconds = Number(end);
      if (end === undefined || !Number.isFinite(seconds) || !Number.isFinite(Number(start))) {
        return bad(`${stem}.txt`, `line ${index + 1} is no label: ${line}`);
      }
      return [{ word: label.trim() === '' ? unnamed : label.trim(), endSeconds: seconds }];
    });
  } else {
    throw new SeqkitError(`${recording} has no labels beside it.`, {
      code: 'bad-file',
      hint: `Put the word's times into ${stem}.txt, or the recording into backgrounds/ where the word is not said.`,
    });
  }
  const labels = existsSync(`${stem}.json`) ? `${stem}.json` : `${stem}.txt`;
  const late = said.find(({ endSeconds }) => !(endSeconds >= 0 && endSeconds <= seconds + 0.01));
  if (late !== undefined) {
    bad(labels, `a word ends at ${late.endSeconds} s, the recording at ${seconds.toFixed(2)} s`);
  }
  const others = said.filter((label) => !isListenedFor(label));
  if (others.length > 0) {
    const names = [...new Set(others.map(({ word }) => JSON.stringify(word ?? '')))].join(', ');
    note(
      `${labels}: passed over, since the model does not listen for it: ${counted(others.length, 'label')}, ${names}.`,
    );
  }
  return said.filter(isListenedFor).sort((a, b) => a.endSeconds - b.endSeconds);
}
