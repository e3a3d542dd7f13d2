// 10. From one sequence to another: times as people say them, written as a clock shows them.
//     Dates as people write them are in the folder "dates".
import { Seq2Seq } from 'seqkit/tasks';

const HOURS = 'one two three four five six seven eight nine ten eleven twelve'.split(' ');
const MINUTES = { five: 5, ten: 10, 'a quarter': 15, twenty: 20, 'twenty-five': 25, half: 30 };

// Every five minutes of twelve hours: "ten to four" is 3:50.
const clock = (hour, minutes) => `${((hour + 11) % 12) + 1}:${String(minutes).padStart(2, '0')}`;
const pairs = HOURS.flatMap((hour, i) =>
  Object.entries(MINUTES).flatMap(([said, minutes]) => [
    [`${said} past ${hour}`, clock(i + 1, minutes)],
    ...(said === 'half' ? [] : [[`${said} to ${hour}`, clock(i, 60 - minutes)]]),
  ]),
);
const heldOut = pairs.filter((_, i) => i % 9 === 4);
const training = pairs.filter((_, i) => i % 9 !== 4);

const model = new Seq2Seq({ sourceTokens: 'words', units: 48, embeddingDim: 24, seed: 1 });
await model.fit(training, { epochs: 60, batchSize: 16, learningRate: 0.01, heldOut: 0 });
const { exact } = model.evaluate(heldOut);
console.log(`never heard before: ${(100 * exact).toFixed(0)}% right of ${heldOut.length}`);

// Where it looked as it wrote.
const { sourceTokens, tokens, attention } = model.translate('ten to four');
console.log(`for "ten to four" it writes ${tokens.join('')}, and looks at`);
tokens.forEach((token, t) => {
  const most = attention[t].indexOf(Math.max(...attention[t]));
  console.log(`  "${sourceTokens[most]}" for ${token}`);
});
