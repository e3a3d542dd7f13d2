/** The live region of the page: what is put there is read aloud by screen readers, and seen by nobody. */
export const LIVE_REGION = 'live-region';

/** Tells those who do not see the page what has happened. */
export function announce(sentence: string): void {
  const region = document.getElementById(LIVE_REGION);
  if (region) region.textContent = sentence;
}
