/** A character as it is named where it stands alone. */
export function shownCharacter(character: string): string {
  if (character === '\n') return 'end of line';
  return character === ' ' ? 'space' : character;
}

/** A probability as people say it. */
export function shownShare(probability: number): string {
  if (probability === 0 || probability === 1) return `${100 * probability}%`;
  if (probability < 0.0005) return '<0.1%';
  if (probability > 0.995) return '>99%';
  return `${(100 * probability).toFixed(probability < 0.1 ? 1 : 0)}%`;
}

/** A place in an order: `1st`, `2nd`, `11th`. */
export function ordinal(place: number): string {
  const isTeen = Math.floor(place / 10) % 10 === 1;
  return `${place}${isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][place % 10] ?? 'th')}`;
}
