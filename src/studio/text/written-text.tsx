import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { NextCharacter, TextModel } from '../../text/index.js';
import { Bars } from '../parts/bars.js';
import { Slider } from '../parts/field.js';
import { characterAt } from './character-at.js';
import { NextAt } from './next-at.js';
import { ordinal, shownCharacter, shownShare } from './shown-character.js';

/** What a model has written, and by which temperature. */
export interface Written {
  readonly prime: string;
  readonly text: string;
  readonly temperature: number;
}

/** Characters that could have come which are shown. */
const SHOWN = 8;

/** What was written, its copies marked; the character that one points at tells what else could have come. */
export function WrittenText({
  model,
  written,
  copied,
  isBusy,
}: {
  model: TextModel;
  written: Written;
  /** What stands word for word in the training text, or nothing. */
  copied: string;
  isBusy: boolean;
}) {
  const { prime, text, temperature } = written;
  const [chosen, setChosen] = useState(-1);
  const [next, setNext] = useState<{ readonly at: number; readonly all: readonly NextCharacter[] }>();
  const characters = useMemo(() => [...text], [text]);
  const latest = useRef(chosen);
  latest.current = chosen;
  // What could have come in a place is told of characters: a word or a byte pair stands on several.
  const isTold = model.vocabulary.pieces.length === 0;
  const reader = useMemo(
    () => (isBusy || !isTold ? undefined : new NextAt(model, { prime, characters, temperature })),
    [model, prime, characters, temperature, isBusy, isTold],
  );
  useEffect(() => () => reader?.dispose(), [reader]);
  useEffect(() => {
    setChosen(-1);
    setNext(undefined);
  }, [reader]);
  useEffect(() => {
    if (!reader || chosen < 0) return setNext(undefined);
    void reader
      .at(chosen, () => latest.current === chosen)
      .then((all) => {
        if (all && latest.current === chosen) setNext({ at: chosen, all });
      });
  }, [reader, chosen]);
  const point = (event: JSX.TargetedMouseEvent<HTMLElement>): void => {
    if (isBusy || !isTold) return;
    const found = characterAt(event.currentTarget, event.clientX, event.clientY) - prime.length;
    // From a place in the text to a character: some take two places.
    if (found >= 0 && found < text.length) setChosen([...text.slice(0, found + 1)].length - 1);
  };
  const came = characters[chosen] as string | undefined;
  const found = came === undefined ? undefined : next?.all.find(({ character }) => character === came);
  const isKnown = next?.at === chosen;
  return (
    <>
      <blockquote
        class={isBusy ? 'written' : 'written is-done'}
        aria-label="What the model wrote"
        aria-busy={isBusy}
        tabIndex={0}
        onPointerMove={point}
        onClick={point}
      >
        <b>{prime}</b>
        <Parts
          text={text}
          copied={copied}
          {...(came !== undefined && { chosen: lengthOf(characters, chosen) })}
        />
      </blockquote>
      {!isBusy && !isTold && (
        <p class="note">
          What else could have come is shown of models of characters. This one writes{' '}
          {model.reading.tokens === 'bpe' ? 'byte pairs' : 'words'}.
        </p>
      )}
      {!isBusy && isTold && characters.length > 0 && (
        <>
          <Slider
            label="What else could have come: point at a character, or go there"
            value={chosen + 1}
            min={0}
            max={characters.length}
            step={1}
            shown={
              came === undefined
                ? 'nowhere yet'
                : `${shownCharacter(came)}${isKnown ? `, ${found ? shownShare(found.probability) : 'from bytes'}` : ''}`
            }
            onInput={(value) => setChosen(value - 1)}
          />
          {isKnown && next && came !== undefined && (
            <>
              <Bars label={`What could have come at character ${chosen + 1}`} rows={rowsOf(next.all, came)} />
              <p class="note">
                “{shownCharacter(came)}” came{placeOf(next.all, came)}. The shares are at temperature{' '}
                {temperature.toFixed(2)}, before top-p and the penalty.
              </p>
            </>
          )}
        </>
      )}
    </>
  );
}

const lengthOf = (characters: readonly string[], count: number): number =>
  characters.slice(0, count).join('').length;

/** The likeliest, and the one that came. */
function rowsOf(all: readonly NextCharacter[], came: string) {
  const shown = all.slice(0, SHOWN);
  const own = all.find(({ character }) => character === came);
  return [...shown, ...(own && !shown.includes(own) ? [own] : [])].map(({ character, probability }) => ({
    name: character === came ? `${shownCharacter(character)} (came)` : shownCharacter(character),
    value: probability,
    shown: shownShare(probability),
  }));
}

function placeOf(all: readonly NextCharacter[], came: string): string {
  const place = all.findIndex(({ character }) => character === came);
  if (place < 0) return ', put together from its bytes';
  return place === 0 ? ', the likeliest' : `, the ${ordinal(place + 1)} likeliest`;
}

/** The text in parts: what was copied is marked, and the character that is looked at stands out. */
function Parts({ text, copied, chosen }: { text: string; copied: string; chosen?: number }) {
  const start = copied === '' ? -1 : text.indexOf(copied);
  const end = start < 0 ? -1 : start + copied.length;
  const after = chosen === undefined ? -1 : chosen + (text.codePointAt(chosen)! > 0xffff ? 2 : 1);
  const cuts = [...new Set([0, start, end, chosen ?? -1, after, text.length])]
    .filter((cut) => cut >= 0)
    .sort((a, b) => a - b);
  return (
    <>
      {cuts.slice(0, -1).map((from, i) => {
        const part = text.slice(from, cuts[i + 1]);
        const shown = from === chosen ? <span class="pointed">{part}</span> : part;
        return from >= start && from < end ? <mark key={from}>{shown}</mark> : shown;
      })}
    </>
  );
}
