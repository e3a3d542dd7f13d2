/** What the user chose: the machine's own, light or dark. */
export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'seqkit-studio-theme';
export const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];

export function theme(): Theme {
  try {
    return THEMES.find((each) => each === localStorage.getItem(KEY)) ?? 'auto';
  } catch {
    return 'auto';
  }
}

export function applyTheme(chosen = theme()): void {
  if (chosen === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = chosen;
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // It holds until the page is closed.
  }
}
