import { useEffect, useState } from 'preact/hooks';

/** The screen that the address names, such as `words` of `#/words`; empty for the first page. */
const placeOf = (): string => location.hash.replace(/^#\/?/, '');

/** The place that the address names, as it changes. */
export function usePlace(): string {
  const [place, setPlace] = useState(placeOf);
  useEffect(() => {
    const follow = (): void => setPlace(placeOf());
    // The address may have changed between the first drawing and this.
    follow();
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return place;
}
