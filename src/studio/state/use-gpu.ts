import { useEffect, useState } from 'preact/hooks';

/** Whether the browser has a graphics card to compute on, by WebGPU; false until that is known. */
export function useGpu(): boolean {
  const [isThere, setThere] = useState(false);
  useEffect(() => {
    // Types of WebGPU are not among those of the DOM yet.
    const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<unknown> } };
    void gpu
      ?.requestAdapter()
      .then((adapter) => setThere(adapter !== null))
      // A browser that refuses has none for this page.
      .catch(() => undefined);
  }, []);
  return isThere;
}
