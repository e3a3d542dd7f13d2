// A bot that books tables: it asks for what is missing, and says what it is not for.
// Run: node examples/08-chatbot.mjs
import { fileURLToPath } from 'node:url';
import { Chatbot, readDialogues, readIntents, testDialogues } from 'seqkit/tasks';

const file = (name) => fileURLToPath(new URL(`restaurant/${name}`, import.meta.url));
const bot = await Chatbot.train(await readIntents(file('intents.json')));
const { answered, foreign } = bot.figures;
console.log(
  `Held out: ${percent(answered)} answered, ${percent(foreign.refused)} of other messages refused.`,
);

const booked = [];
bot.on('book', ({ slots, response }) => {
  booked.push(slots);
  return response;
});

const session = bot.session();
for (const text of ['a tabel for tommorow, please', 'at noon', 'what is the capital of Chile?', 'for two']) {
  const { reply, intent } = await session.reply(text);
  console.log(`> ${text}\n${reply}  (${intent ?? 'nothing that I am for'})`);
}
console.log('Booked:', booked);

const faults = await testDialogues(bot, await readDialogues(file('stories.yml')));
console.log(`Dialogues that went otherwise: ${faults.length}`);
bot.dispose();

function percent(share) {
  return `${Math.round(100 * share)}%`;
}
