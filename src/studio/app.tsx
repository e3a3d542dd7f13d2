import { useEffect, useState } from 'preact/hooks';
import { Icon } from './parts/icon.js';
import { HomeScreen, screens } from './screens.js';
import { ErrorNote } from './parts/error-note.js';
import { LIVE_REGION } from './state/announce.js';
import { usePlace } from './state/router.js';
import type { ShownError } from './state/shown-error.js';
import { onStorageError } from './state/store.js';
import { applyTheme, theme, THEMES, type Theme } from './state/theme.js';

const THEME_NAMES: Readonly<Record<Theme, string>> = { auto: 'As my machine', light: 'Light', dark: 'Dark' };

/** The studio: where one can go, and the screen one is on. */
export function App({ isSecond }: { isSecond: boolean }) {
  const place = usePlace();
  const [storageError, setStorageError] = useState<ShownError>();
  useEffect(() => onStorageError(setStorageError), []);
  const screen = screens.find((each) => each.place === place);
  const Current = screen?.Screen ?? HomeScreen;
  // On a phone the list of screens is wider than the page.
  useEffect(() => {
    document.querySelector('nav [aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' });
  }, [place]);
  return (
    <>
      <a
        class="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          document.querySelector<HTMLElement>('h1')?.focus();
        }}
      >
        To the content
      </a>
      <div class="frame">
        <header class="side">
          <a class="brand" href="#/" aria-label="seqkit studio, first page">
            <img src="icon.svg" alt="" width="28" height="28" />
            <span>
              seqkit <b>studio</b>
            </span>
          </a>
          <nav aria-label="Screens">
            <ul>
              {screens.map(({ place: own, name, icon }) => (
                <li key={own}>
                  <a href={`#/${own}`} aria-current={own === place ? 'page' : undefined}>
                    <Icon path={icon} />
                    <span>{name}</span>
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <ThemeChoice />
        </header>
        <main id="content">
          {isSecond && (
            <p class="banner" role="status">
              The studio is open in another tab. What you do in this one works, but is not kept for later.
            </p>
          )}
          {!crossOriginIsolated && (
            <p class="banner" role="status">
              This page is not cross-origin isolated, so it computes on one thread. It works all the same, and
              training takes longer. <code>seqkit studio</code> serves it on several.
            </p>
          )}
          <ErrorNote error={storageError} />
          <Current key={place} />
        </main>
      </div>
      <div id={LIVE_REGION} class="unseen" aria-live="polite" />
    </>
  );
}

function ThemeChoice() {
  const [chosen, setChosen] = useState(theme);
  return (
    <label class="theme">
      <span>Colours</span>
      <select
        value={chosen}
        onChange={(event) => {
          const next = event.currentTarget.value as Theme;
          applyTheme(next);
          setChosen(next);
        }}
      >
        {THEMES.map((each) => (
          <option key={each} value={each}>
            {THEME_NAMES[each]}
          </option>
        ))}
      </select>
    </label>
  );
}
