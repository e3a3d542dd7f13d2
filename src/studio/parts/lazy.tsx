import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { shownError, type ShownError } from '../state/shown-error.js';
import { ErrorNote } from './error-note.js';

/** A screen whose script is loaded when one comes to it. */
export function lazy(load: () => Promise<ComponentType>): ComponentType {
  return function Lazy() {
    const [loaded, setLoaded] = useState<{ Screen: ComponentType }>();
    const [error, setError] = useState<ShownError>();
    useEffect(() => {
      load().then(
        (Screen) => setLoaded({ Screen }),
        (reason: unknown) => setError(shownError(reason)),
      );
    }, []);
    if (loaded) return <loaded.Screen />;
    return error ? <ErrorNote error={error} /> : <p class="loading">Opening …</p>;
  };
}
