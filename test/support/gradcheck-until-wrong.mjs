/**
 * What `seqkit gradcheck <layer>` compares, case by case, up to the first that is wrong:
 *   node gradcheck-until-wrong.mjs <folder of dist> <layer>
 * Exits 1 where one is, and prints which.
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [dist, layer] = process.argv.slice(2);
const of = (name) => import(pathToFileURL(path.join(dist, 'rnn/gradient-check', name)));
const { layerCases } = await of('gradient-cases.js');
const { gradientCheck } = await of('gradient-check.js');
// The number by which the command goes.
const limit = 1e-7;
const wrong = ({ layers, dropout = false, ...given }) => {
  const data = { ...given };
  delete data.title;
  return gradientCheck(layers, { ...data, dropout, weightNoise: 0.1 }).find(
    ({ relativeError }) => !(relativeError < limit),
  )?.name;
};
const cases = await layerCases(layer);
const found = cases.find(wrong);
if (found) {
  console.error(`Gradients differ by ${limit} or more: ${found.title}.`);
  process.exitCode = 1;
} else console.log(`${cases.length} cases`);
