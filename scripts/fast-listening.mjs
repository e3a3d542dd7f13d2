// Has a page that listens hear an hour in a minute: it is given the messages of the audio thread, one after the other,
// as fast as it takes them. All that follows upon them is as it always is.

/** To be run in a page before its own scripts: keeps what listens from its microphone. */
export function interceptCapture() {
  const Node = globalThis.AudioWorkletNode;
  globalThis.AudioWorkletNode = class extends Node {
    constructor(...given) {
      super(...given);
      const real = super.port;
      const port = { onmessage: null, postMessage: (message) => real.postMessage(message) };
      Object.defineProperty(this, 'port', { value: port });
      globalThis.capture = this;
    }
  };
}

/**
 * To be run in the page: what listens hears a recording over and over.
 * @param {{ wav: string, seconds: number }} given the recording, a WAV file in base64, and how much it hears
 * @returns {Promise<number>} how long that took, in seconds
 */
export async function feed({ wav, seconds }) {
  const { port, context } = globalThis.capture;
  const rate = context.sampleRate;
  const bytes = Uint8Array.from(globalThis.atob(wav), (character) => character.charCodeAt(0));
  // At the rate of the audio thread.
  const heard = await new globalThis.OfflineAudioContext(1, 1, rate).decodeAudioData(bytes.buffer);
  const sound = heard.getChannelData(0);
  const chunk = Math.round(0.03 * rate);
  const begun = performance.now();
  let turn = begun;
  globalThis.feedAt ??= 0;
  for (let fed = 0; fed < seconds * rate; fed += chunk) {
    const samples = Float32Array.from(
      { length: chunk },
      (_, i) => sound[(globalThis.feedAt + i) % sound.length],
    );
    globalThis.feedAt += chunk;
    port.onmessage({ data: samples });
    if (performance.now() - turn < 12) continue;
    // Between two frames the page draws and keeps what it heard.
    await new Promise((resolve) => setTimeout(resolve));
    turn = performance.now();
  }
  return (performance.now() - begun) / 1000;
}

/**
 * What a page holds when its rubbish was taken away, in bytes: objects of JavaScript, arrays and memories of WebAssembly
 * beside them, and elements.
 * @param {import('playwright-core').CDPSession} devtools
 */
export async function heldBy(devtools) {
  // What waits for the first round to end goes with the second.
  for (let round = 0; round < 2; round++) await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize = 0 } = await devtools.send('Runtime.getHeapUsage');
  const { nodes } = await devtools.send('Memory.getDOMCounters');
  return { heap: usedSize, arrays: backingStorageSize, nodes };
}
