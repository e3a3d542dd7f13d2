import { useMemo } from 'preact/hooks';
import type { KeyedVectors } from '../../embeddings/index.js';
import { Bars } from '../parts/bars.js';
import { Button } from '../parts/button.js';
import { TextField } from '../parts/field.js';
import { Card } from '../parts/screen.js';
import { isText, useKept } from '../state/use-kept.js';
import { frequentWords } from './vectors.js';

const SHOWN = 8;
/** Where a word has no vector. */
const OFFERED = 6;

/** The words nearest to one, as it is typed. */
export function Neighbours({ vectors }: { vectors: KeyedVectors }) {
  const [word, setWord] = useKept('words/neighbours', 'music', isText);
  const found = useMemo(
    () => (vectors.has(word.trim()) ? vectors.similarByWord(word.trim(), SHOWN) : undefined),
    [vectors, word],
  );
  return (
    <Card title="Neighbours" note="Words that stand in like company mean alike.">
      <TextField label="Neighbours of" value={word} onInput={setWord} />
      {found ? (
        <Bars
          label={`Neighbours of ${word}`}
          rows={found.map(({ word: name, score }) => ({ name, value: score, shown: score.toFixed(3) }))}
        />
      ) : (
        <>
          <p class="note" role="status">
            {word.trim() === '' ? 'Type a word.' : `There is no vector for “${word.trim()}”.`} Some that are
            there:
          </p>
          <p class="chips">
            {frequentWords(vectors, OFFERED).map((each) => (
              <Button key={each} quiet onClick={() => setWord(each)}>
                {each}
              </Button>
            ))}
          </p>
        </>
      )}
    </Card>
  );
}
