// 10. From one sequence to another: times as people say them, written as a clock shows them.
//     Dates as people write them are in the folder "dates".
import { Seq2Seq } from 'seqkit/tasks';

const HOURS = [
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];
const MINUTES = { five: 5, ten: 10, 'a quarter': 15, twenty: 20, 'twenty-five': 25, half: 30 };

// Every five minutes of twelve hours: "ten to four" is 3:50.
const pairs = HOURS.flatMap((name, i) => {
  const clock = (hour, minutes) => `${((hour + 11) % 12) + 1}:${String(minutes).padStart(2, '0')}`;
  return Object.entries(MINUTES).flatMap(([said, minutes]) => [
    [`${said} past ${name}`, clock(i + 1, minutes)],
    ...(said === 'half' ? [] : [[`${said} to ${name}`, clock(i, 60 - minutes)]]),
  ]);
});
const isHeldOut = (_, i) => i % 9 === 4;
const heldOut = pairs.filter(isHeldOut);

const model = new Seq2Seq({ sourceTokens: 'words', units: 48, embeddingDim: 24, seed: 1 });
await model.fit(
  pairs.filter((pair, i) => !isHeldOut(pair, i)),
  { epochs: 60, batchSize: 16, learningRate: 0.01, heldOut: 0 },
);
console.log(
  `never heard before: ${(100 * model.evaluate(heldOut).exact).toFixed(0)}% right of ${heldOut.length}`,
);
for (const [said] of heldOut.slice(0, 3)) console.log(`${said}: ${model.translate(said).text}`);
const { sourceTokens, tokens, attention } = model.translate('ten to four');
console.log(`for "ten to four" it writes ${tokens.join('')}, and looks at`);
tokens.forEach((token, t) => {
  const most = attention[t].indexOf(Math.max(...attention[t]));
  console.log(`  "${sourceTokens[most]}" for ${token}`);
});
