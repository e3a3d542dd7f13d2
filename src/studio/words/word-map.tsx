import { useEffect, useMemo, useState } from 'preact/hooks';
import type { KeyedVectors, WordMap as Layout } from '../../embeddings/index.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { Select, TextArea, TextField } from '../parts/field.js';
import { Progress } from '../parts/progress.js';
import { Card } from '../parts/screen.js';
import { announce } from '../state/announce.js';
import { isStop, shownError, type ShownError } from '../state/shown-error.js';
import { isText, useKept } from '../state/use-kept.js';
import { MapPlot } from './map-plot.js';
import { MapTables } from './map-tables.js';
import { typedMap } from './map-words.js';
import { FIRST_ARROWS, FIRST_MAP, frequentWords } from './vectors.js';

const METHODS = [
  ['pca', 'PCA, at once'],
  ['umap', 'UMAP, neighbours together'],
] as const;
/** Of a map by each method. */
const LEAST_WORDS = { pca: 3, umap: 4 };
/** Words of a first map of vectors that are not known. */
const FREQUENT = 40;

/** A map of words, a group of one colour for each line, with arrows. */
export function WordMap({ vectors }: { vectors: KeyedVectors }) {
  const [typed, setTyped] = useKept('words/map', FIRST_MAP, isText);
  const [typedArrows, setArrows] = useKept('words/arrows', FIRST_ARROWS, isText);
  const [kept, setMethod] = useKept('words/method', 'pca', isText);
  const [chosen, setChosen] = useState('');
  const method = kept === 'umap' ? 'umap' : 'pca';
  const { groups, arrows, unknown, notArrows } = useMemo(
    () => typedMap(typed, typedArrows, vectors),
    [typed, typedArrows, vectors],
  );
  const mapFrequent = (): void => {
    setTyped(frequentWords(vectors, FREQUENT).join(' '));
    setArrows('');
  };
  const words = groups.flatMap((group) => group.words);
  const { map, share, error } = useLayout(vectors, words, method);
  const isWhole = map?.points.length === words.length;
  return (
    <Card
      title="Map"
      note="Words near each other on the map are used alike. Each line of words is a group with its own colour."
      wide
    >
      <TextArea
        label="Words, one group a line: its name, a colon, its words"
        value={typed}
        onInput={setTyped}
        rows={4}
        {...(unknown.length > 0 && { hint: `Without a vector: ${listed(unknown)}.` })}
      />
      {unknown.length > 0 && (
        <p>
          <Button quiet onClick={mapFrequent}>
            Map frequent words of these vectors
          </Button>
        </p>
      )}
      <div class="columns">
        <TextField
          label="Arrows, from word to word"
          value={typedArrows}
          onInput={setArrows}
          placeholder="man:woman king:queen"
          hint={
            notArrows.length > 0
              ? `No arrow: ${listed(notArrows)}. Write man:woman, with spaces between arrows.`
              : 'An analogy is right where its arrows point alike.'
          }
        />
        <Select label="Layout" value={method} options={METHODS} onInput={setMethod} />
        {map && (
          <Select
            label="Look at"
            value={words.includes(chosen) ? chosen : ''}
            options={[['', 'the whole map'], ...words.map((word) => [word, word] as const)]}
            onInput={setChosen}
          />
        )}
      </div>
      <ErrorNote error={error} />
      {words.length < LEAST_WORDS[method] ? (
        <p class="note">Give at least {LEAST_WORDS[method]} words that have vectors.</p>
      ) : (
        map &&
        isWhole && (
          <>
            <MapPlot {...{ map, groups, arrows, chosen }} onChoose={setChosen} />
            {share !== undefined && share < 1 && (
              <Progress label="Layout" share={share} text="The words move to their neighbours …" />
            )}
            <p class="note">
              {map.variance
                ? `The two directions show ${map.variance.map((each) => `${Math.round(100 * each)}%`).join(' and ')} of how the words differ.`
                : 'UMAP keeps neighbours together. How far groups are from each other, and which way arrows point, says little here.'}
            </p>
            <MapTables {...{ vectors, map, groups, arrows, chosen }} />
          </>
        )
      )}
    </Card>
  );
}

const MOST_LISTED = 8;
const listed = (words: readonly string[]): string =>
  words.slice(0, MOST_LISTED).join(', ') + (words.length > MOST_LISTED ? ' …' : '');

/** The map of words: by PCA at once, by UMAP as it comes. */
function useLayout(vectors: KeyedVectors, words: readonly string[], method: 'pca' | 'umap') {
  const [state, setState] = useState<{ map?: Layout; share?: number; error?: ShownError }>({});
  const asked = words.join(' ');
  useEffect(() => {
    if (words.length < LEAST_WORDS[method]) return setState({});
    const stop = new AbortController();
    void (async () => {
      try {
        const { pcaMap, umapMap } = await import('../../embeddings/index.js');
        if (stop.signal.aborted) return;
        if (method === 'pca') return setState({ map: pcaMap(vectors, words) });
        await umapMap(vectors, words, {
          signal: stop.signal,
          onProgress: ({ map, epoch, epochs }) => {
            if (!stop.signal.aborted) setState({ map, share: epoch / epochs });
          },
        });
        announce('The words have found their places.');
      } catch (reason) {
        if (!isStop(reason)) setState({ error: shownError(reason) });
      }
    })();
    return () => stop.abort();
  }, [vectors, asked, method]);
  return state;
}
