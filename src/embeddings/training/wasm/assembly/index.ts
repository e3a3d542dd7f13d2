import { below, nextRandom } from './random';
import { gather, spread } from './rows';
import { Job, Settings } from './settings';
import { groupSize, inputRow, targetList, trainList, trainTarget } from './step';
import { endOfSentence, maxSentence, tokenize } from './tokenize';

export { groupSize, maxSentence };

/** Trains on the job's block of text. */
export function train(settings: Settings, job: Job): void {
  const count = tokenize(settings, job);
  const ids = job.ids;
  job.trainedWords = 0;
  job.pairs = 0;
  job.sampled = 0;
  const slope = (job.rateEnd - job.rateStart) / f32(count);
  let length: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const id = load<i32>(ids + (<usize>i << 2));
    if (id != endOfSentence) {
      // The rarer a word, the surer it stays.
      if (load<u32>(settings.keep + (<usize>id << 2)) < u32(nextRandom(job) >> 32)) continue;
      store<i32>(job.sentence + (<usize>length << 2), id);
      length++;
      continue;
    }
    const rate = job.rateStart + slope * f32(i);
    job.trainedWords += length;
    if (settings.skipGram) skipGram(settings, job, length, rate);
    else continuousBagOfWords(settings, job, length, rate);
    length = 0;
  }
}

/** How far a word's window reaches to each side. */
@inline
function reach(settings: Settings, job: Job): u32 {
  if (settings.shrink == 0) return settings.window;
  return 1 + below(nextRandom(job), settings.window);
}

@inline
function wordAt(job: Job, place: u32): u32 {
  return load<u32>(job.sentence + (<usize>place << 2));
}

/** Each word is to predict the words around it. */
function skipGram(settings: Settings, job: Job, length: u32, rate: f32): void {
  for (let center: u32 = 0; center < length; center++) {
    const word = wordAt(job, center);
    const span = reach(settings, job);
    const first = center > span ? center - span : 0;
    const last = min(length - 1, center + span);
    if (first == last) continue;
    let h = settings.inputs + <usize>word * settings.rowBytes;
    let list: usize = 0;
    let rows: u32 = 0;
    if (settings.rowStarts != 0) {
      const starts = settings.rowStarts + (<usize>word << 2);
      list = settings.rowLists + (<usize>load<u32>(starts) << 2);
      rows = load<u32>(starts, 4) - load<u32>(starts);
      h = gather(settings, job, list, rows, f32(1) / f32(rows));
    }
    for (let place = first; place <= last; place++) {
      if (place != center) trainTarget(settings, job, h, wordAt(job, place), rate);
    }
    if (rows > 0) spread(settings, job, list, rows, 1);
  }
}

/** The words around a word are to predict it together. */
function continuousBagOfWords(settings: Settings, job: Job, length: u32, rate: f32): void {
  const list = targetList(job, settings) + (<usize>(settings.negative + 1 + groupSize) << 2);
  for (let center: u32 = 0; center < length; center++) {
    const span = reach(settings, job);
    const first = center > span ? center - span : 0;
    const last = min(length - 1, center + span);
    let rows: u32 = 0;
    for (let place = first; place <= last; place++) {
      if (place == center) continue;
      const word = wordAt(job, place);
      if (settings.rowStarts == 0) {
        store<u32>(list + (<usize>rows << 2), word);
        rows++;
      } else {
        const starts = settings.rowStarts + (<usize>word << 2);
        const start = load<u32>(starts);
        const count = load<u32>(starts, 4) - start;
        memory.copy(list + (<usize>rows << 2), settings.rowLists + (<usize>start << 2), <usize>count << 2);
        rows += count;
      }
    }
    if (rows == 0) continue;
    const share = f32(1) / f32(rows);
    const h = gather(settings, job, list, rows, settings.mean ? share : f32(1));
    trainTarget(settings, job, h, wordAt(job, center), rate);
    spread(settings, job, list, rows, settings.mean ? f32(1) : share);
  }
}

/** One step with targets that the host chose: `count` word numbers in place of the sentence, the true one first. */
export function trainChosen(settings: Settings, job: Job, word: u32, count: u32, rate: f32): void {
  const list = targetList(job, settings);
  for (let i: u32 = 0; i < count; i++) {
    store<usize>(list + (<usize>i << 2), settings.outputs + <usize>wordAt(job, i) * settings.rowBytes);
  }
  trainList(settings, job, settings.inputs + <usize>word * settings.rowBytes, count, rate);
}
