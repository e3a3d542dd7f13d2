/**
 * `npm run demo`: the three front ends on what the repository carries. Ends with status 1 when a command
 * fails, when the trigger model misses a word of the recording, or when it fires where there is none.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { judge } from './demo-judge.mjs';
import { demoText } from './demo-text.mjs';

const folder = '.demo';
const textFile = `${folder}/stories.txt`;
const textModel = `${folder}/stories.safetensors`;
const triggerModel = `${folder}/trigger.safetensors`;
const recording = 'data/demo/recording.wav';
const startedAt = performance.now();

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
if (!existsSync('dist/cli/main.js')) fail('there is no dist: run `npm ci` or `npm run build` first.');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);

heading('Words: what is to king as woman is to man?');
seqkit('analogy king man woman');

heading('Text: half a minute of training on little stories, then a sample');
writeFileSync(textFile, demoText(200_000, 1));
seqkit(`train-text ${textFile} --cell lstm --layers 1 --units 128 --epochs 8 --seed 1 --out ${textModel}`);
seqkit(`generate ${textModel} --prime One --length 400 --temperature 0.5 --seed 3`);

heading('Trigger word: learn "activate" from data/clips, then find it in a recording of other voices');
// Less than the defaults, which take ten minutes and, for real rooms, speech by espeak-ng.
const quick = '--examples 1000 --epochs 12 --spoken 0';
seqkit(`train-trigger data/clips ${quick} --seed 1 --out ${triggerModel}`);
const [{ events }] = JSON.parse(seqkit(`detect ${triggerModel} ${recording} --json`, { capture: true }));
const firedSeconds = events.map(({ timeSeconds }) => timeSeconds);
const spoken = JSON.parse(readFileSync('data/demo/recording.json', 'utf8'));
const { matchEvents } = await import('../dist/audio/detection/evaluation.js');
const { lines, good } = judge(firedSeconds, spoken, matchEvents);
for (const line of lines) console.log(line);

heading(`Made in ${Math.round((performance.now() - startedAt) / 1000)} s`);
console.log(`  ${textModel}      the text model
  ${triggerModel}      the trigger model

Next:
  npx seqkit analogy paris france italy
  npx seqkit generate ${textModel} --prime "The old bear" --temperature 0.8
  npx seqkit detect ${triggerModel} your-recording.wav
  npx seqkit --help`);
if (!good) fail('the trigger model did not find exactly the words that were spoken.');

/** Runs one command as a user would type it, with its progress on this terminal. */
function seqkit(line, { capture = false } = {}) {
  console.log(`$ npx seqkit ${line}`);
  const { status, stdout } = spawnSync(process.execPath, ['dist/cli/main.js', ...line.split(' ')], {
    stdio: ['ignore', capture ? 'pipe' : 'inherit', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) fail(`that command failed.`);
  return stdout;
}

function heading(text) {
  console.log(`\n== ${text}`);
}

function fail(reason) {
  console.error(`\ndemo: ${reason}`);
  process.exit(1);
}
