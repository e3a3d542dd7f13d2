// Dates as people write them, and the same as ISO 8601. Seeded: `node date-pairs.mjs 1000 7 > pairs.tsv`.
import { fileURLToPath } from 'node:url';

const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const FIRST = Date.UTC(1950, 0, 1);
const DAY_COUNT = (Date.UTC(2050, 0, 1) - FIRST) / 86_400_000;

/** Marsaglia's xorshift (2003): the same numbers everywhere. */
function generator(seed) {
  let state = (seed * 2654435761 + 1) >>> 0 || 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    return state / 2 ** 32;
  };
  for (let i = 0; i < 20; i++) next();
  return (below) => Math.floor(next() * below);
}

const two = (number) => String(number).padStart(2, '0');
const ordinal = (day) =>
  `${day}${day > 10 && day < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th')}`;

/** Every way to write a date: full and short names, ordinals, numbers, years of two digits (1950 to 2049). */
const WAYS = [
  ({ d, month, y }) => `${d} ${month} ${y}`,
  ({ d, month, y }) => `${month} ${d}, ${y}`,
  ({ d, month, y }) => `${month} ${ordinal(d)}, ${y}`,
  ({ d, month, y }) => `${ordinal(d)} of ${month} ${y}`,
  ({ d, month, y }) => `the ${ordinal(d)} of ${month}, ${y}`,
  ({ d, short, y }) => `${d} ${short} ${y}`,
  ({ d, short, y }) => `${d}-${short}-${two(y % 100)}`,
  ({ d, short, y }) => `${short} ${d} '${two(y % 100)}`,
  ({ d, month, y, weekday }) => `${weekday}, ${month} ${d}, ${y}`,
  ({ d, short, y, weekday }) => `${weekday.slice(0, 3)} ${d} ${short} ${y}`,
  ({ d, month, y, weekday }) => `${weekday} the ${ordinal(d)} of ${month} ${y}`,
  ({ d, m, y }) => `${d}.${m}.${y}`,
  ({ d, m, y }) => `${two(d)}.${two(m)}.${two(y % 100)}`,
  ({ d, m, y }) => `${m}/${d}/${y}`,
  ({ d, m, y }) => `${two(m)}/${two(d)}/${two(y % 100)}`,
  ({ d, m, y }) => `${y}/${two(m)}/${two(d)}`,
  ({ d, m, y }) => `${y}${two(m)}${two(d)}`,
  ({ month, d, y }) => `${y} ${month} ${d}`,
];
const CASES = [(text) => text, (text) => text.toLowerCase(), (text) => text.toUpperCase()];

/** So many pairs, drawn from all days from 1950 to 2049. */
export function datePairs(count, seed) {
  const draw = generator(seed);
  return Array.from({ length: count }, () => {
    const date = new Date(FIRST + draw(DAY_COUNT) * 86_400_000);
    const [d, m, y] = [date.getUTCDate(), date.getUTCMonth() + 1, date.getUTCFullYear()];
    const month = MONTHS[m - 1];
    const parts = { d, m, y, month, short: month.slice(0, 3), weekday: DAYS[date.getUTCDay()] };
    const written = CASES[draw(CASES.length)](WAYS[draw(WAYS.length)](parts));
    return [written, `${y}-${two(m)}-${two(d)}`];
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [count = 10, seed = 1] = process.argv.slice(2).map(Number);
  for (const pair of datePairs(count, seed)) console.log(pair.join('\t'));
}
