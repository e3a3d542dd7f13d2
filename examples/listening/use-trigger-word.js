// A React hook: const { state, error } = useTriggerWord('/trigger.safetensors', isOn, ({ word }) => wake(word));
import { useEffect, useRef, useState } from 'react';
import { listen } from 'seqkit/audio/browser';

/** Listens while `isOn`, which should become true by a click. */
export function useTriggerWord(model, isOn, onTrigger) {
  const [state, setState] = useState('stopped');
  const [error, setError] = useState();
  const latest = useRef(onTrigger);
  useEffect(() => {
    latest.current = onTrigger;
  });

  useEffect(() => {
    if (!isOn) return undefined;
    let isMounted = true;
    const tell = (set) => (value) => isMounted && set(() => value);
    setError(undefined);
    const listening = listen({
      model,
      onTrigger: (event) => isMounted && latest.current(event),
      onState: tell(setState),
      onError: tell(setError),
    });
    listening.catch(tell(setError));
    return () => {
      isMounted = false;
      setState('stopped');
      listening.then((handle) => handle.stop()).catch(() => {});
    };
  }, [model, isOn]);

  return { state, error };
}
