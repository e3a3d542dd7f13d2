/** A stretch of a text with a type, such as a place. */
export interface Span {
  /** In the text, from 0. */
  readonly start: number;
  /** Behind its end. */
  readonly end: number;
  readonly type: string;
}

/** Types that have a colour of their own; further ones begin again. The name of the type stands beside it anyway. */
const COLOURS = 6;

/** A text whose spans are coloured by type, with the name of the type in each. */
export function TaggedText({
  text,
  spans,
  types,
}: {
  text: string;
  /** In their order, none over another. */
  spans: readonly Span[];
  /** All that there are, so that each keeps its colour. */
  types: readonly string[];
}) {
  let at = 0;
  const parts = spans.flatMap(({ start, end, type }) => {
    const before = text.slice(at, start);
    at = end;
    return [
      before,
      <mark key={start} class={`span group-${Math.max(0, types.indexOf(type)) % COLOURS}`}>
        {text.slice(start, end)} <span class="span-type">{type}</span>
      </mark>,
    ];
  });
  return (
    <>
      {parts}
      {text.slice(at)}
    </>
  );
}
