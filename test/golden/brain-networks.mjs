// Makes brain-networks.json: networks of brain.js 2.0.0-beta.24 as their toJSON gives them, and what they answer: the
// logits after each character of a text, with the token of the start before it, and the texts that `run` writes.
//   npm install --no-save --ignore-scripts brain.js@2.0.0-beta.24 && node test/golden/brain-networks.mjs
import { writeFileSync } from 'node:fs';
import brain from 'brain.js';

const lines = ['abcab', 'bcabc', 'cab', 'aéb水', 'abc'];

function answers(net, text) {
  const characters = net.options.dataFormatter.characters;
  const tokens = [0, ...Array.from(text, (character) => characters.indexOf(character) + 1)];
  while (net.model.equations.length < tokens.length) net.bindEquation();
  return tokens.map((token, i) => Array.from(net.model.equations[i].runIndex(token).weights));
}

function trained(Kind, options, data = lines) {
  const net = new Kind(options);
  net.train(data, { iterations: 400, errorThresh: 0, learningRate: 0.01, log: false });
  return net;
}

const { GRU, LSTM, RNN } = brain.recurrent;
const networks = [
  ['GRU', trained(GRU, { hiddenLayers: [5] })],
  ['two GRUs', trained(GRU, { hiddenLayers: [4, 4] })],
  ['RNN', trained(RNN, { hiddenLayers: [6] })],
].map(([name, net]) => ({
  name,
  json: net.toJSON(),
  text: 'abcé',
  logits: answers(net, 'abcé'),
  // With the beginning of a text, brain.js does not feed the last character of it, but what it expected there.
  run: net.run(''),
}));
const small = { hiddenLayers: [2] };
const refused = {
  lstm: trained(LSTM, small).toJSON(),
  pairs: trained(GRU, small, [
    { input: 'ab', output: 'c' },
    { input: 'ba', output: 'a' },
  ]).toJSON(),
  sizes: trained(GRU, { hiddenLayers: [2, 3] }).toJSON(),
};
writeFileSync(new URL('brain-networks.json', import.meta.url), `${JSON.stringify({ networks, refused })}\n`);
