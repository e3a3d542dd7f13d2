/**
 * Text for the demo's character model: little stories from a grammar. Regular enough that half a minute of
 * training shows (spelling, sentences, quotation marks that close), and free of anybody's copyright.
 */

const ANIMALS = ['fox', 'owl', 'bear', 'hare', 'mouse', 'goose', 'otter', 'badger', 'heron', 'toad'];
const MOODS = ['old', 'small', 'proud', 'sleepy', 'clever', 'hungry', 'patient', 'merry', 'quiet', 'bold'];
const PLACES = [
  'river',
  'mill',
  'hill',
  'orchard',
  'bridge',
  'meadow',
  'harbour',
  'chapel',
  'forest',
  'well',
];
const THINGS = [
  'lantern',
  'kettle',
  'ribbon',
  'barrel',
  'letter',
  'button',
  'candle',
  'basket',
  'whistle',
  'key',
];
const WEATHER = ['rain', 'snow', 'wind', 'fog', 'moonlight', 'sunshine', 'thunder', 'frost'];
const TIMES = [
  'One morning',
  'One evening',
  'Late at night',
  'In early spring',
  'Before the harvest',
  'At noon',
];
const MOVES = ['walked', 'ran', 'crept', 'hurried', 'wandered', 'danced'];
const SAID = ['said', 'asked', 'whispered', 'cried', 'answered', 'sang'];

/**
 * @param {number} characters how long the text is, at least
 * @param {number} seed the same seed gives the same text
 * @returns {string}
 */
export function demoText(characters, seed) {
  const below = randomBelow(seed);
  const pick = (list) => list[below(list.length)];
  const stories = [];
  for (let length = 0; length < characters; length += stories.at(-1).length) stories.push(story(pick, below));
  return stories.join('');
}

function story(pick, below) {
  const [hero, other] = distinctPair(() => `the ${pick(MOODS)} ${pick(ANIMALS)}`);
  const thing = pick(THINGS);
  const place = pick(PLACES);
  const sentences = [
    `${pick(TIMES)} ${hero} ${pick(MOVES)} to the ${place} to look for a ${thing}.`,
    `There was ${pick(WEATHER)} over the ${pick(PLACES)} and nobody was awake but ${other}.`,
  ];
  for (let turn = 0; turn < 2 + below(3); turn++) {
    const [speaker, listener] = turn % 2 === 0 ? [hero, other] : [other, hero];
    sentences.push(
      pick([
        `"Have you seen my ${thing}?" ${pick(SAID)} ${speaker}.`,
        `"It is under the ${pick(PLACES)}," ${pick(SAID)} ${speaker}, "where the ${pick(WEATHER)} never comes."`,
        `"I will give you a ${pick(THINGS)} for it," ${pick(SAID)} ${speaker} to ${listener}.`,
        `${capital(speaker)} ${pick(MOVES)} around the ${place} and found a ${pick(THINGS)} in the grass.`,
      ]),
    );
  }
  sentences.push(`And so ${hero} and ${other} ${pick(MOVES)} home through the ${pick(WEATHER)}.`);
  return `${sentences.join(' ')}\n\n`;
}

function distinctPair(make) {
  const first = make();
  let second = make();
  while (second === first) second = make();
  return [first, second];
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}

/** Whole numbers below a bound, from a 32-bit linear congruential generator (Numerical Recipes' constants). */
function randomBelow(seed) {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}
