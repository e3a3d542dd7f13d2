// Opens damaged files of one kind, one after the other, and tells its parent how each ended.
import { writeFileSync } from 'node:fs';
import { decodeSafetensors, encodeSafetensors } from '../../dist/base/encoding/safetensors.js';
import { Random } from '../../dist/index.js';
import { kinds } from './kinds.mjs';
import { mutate } from './mutations.mjs';

const [name, folder, from, to, seed] = process.argv.slice(2);
const kind = kinds[name];
const path = `${folder}/damaged.safetensors`;

let whole = await kind.make(folder);
if (kind.remake) {
  whole = await Promise.all(
    whole.map((bytes) => {
      writeFileSync(path, bytes);
      return kind.remake(bytes, path);
    }),
  );
}
const right = [];
for (const bytes of whole) {
  writeFileSync(path, bytes);
  right.push(await kind.open(bytes, path, () => {}));
}

const mebibytes = () => process.resourceUsage().maxRSS / 1024;
for (let i = Number(from); i < Number(to); i++) {
  const random = new Random(Number(seed)).fork(`${name} ${i}`);
  const which = random.integer(whole.length);
  const mutant = mutate(Uint8Array.from(whole[which]), random, whole);
  // A third as by somebody who means it: with the digest that goes with the damage.
  const forged = kind.holds && random.integer(3) === 0 ? withDigest(mutant) : undefined;
  const bytes = forged ?? mutant;
  writeFileSync(path, bytes);
  process.send({ begins: i });
  const [before, start] = [mebibytes(), performance.now()];
  const result = await outcome(bytes, right[which], Buffer.compare(bytes, whole[which]) === 0);
  const grown = mebibytes() - before;
  const memory = grown > Math.max(128, (10 * bytes.length) / 2 ** 20) ? grown : 0;
  process.send({
    index: i,
    ...result,
    ...(forged && result.outcome === 'other' && { outcome: 'forged' }),
    ms: performance.now() - start,
    memory,
  });
}
process.disconnect();

/** The same contents with their digest, or undefined where they cannot be read at all. */
function withDigest(bytes) {
  try {
    const { tensors, metadata } = decodeSafetensors(bytes, 'a mutant', { verify: false });
    return encodeSafetensors(Object.fromEntries(tensors), metadata);
  } catch (error) {
    if (error?.name === 'SeqkitError') return undefined;
    throw error;
  }
}

/** How one ended: `refused`, `same`, `noted` and `other` numbers with and without a word to the
 * user, or `raw` for an error that is no SeqkitError. */
async function outcome(bytes, expected, isWhole) {
  try {
    const notes = [];
    const found = await kind.open(bytes, path, (told) => notes.push(...told));
    if (isWhole || found === expected) return { outcome: 'same' };
    return { outcome: notes.length > 0 ? 'noted' : 'other' };
  } catch (error) {
    if (error?.name === 'SeqkitError') return { outcome: 'refused' };
    return {
      outcome: 'raw',
      error: String(error?.stack ?? error)
        .split('\n')
        .slice(0, 4)
        .join(' | '),
    };
  }
}
