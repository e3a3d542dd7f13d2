import {
  listen,
  recordClip,
  type ListenEvent,
  type ListenScore,
  type SoundLevel,
} from 'seqkit/audio/browser';
import { TriggerModel } from 'seqkit/audio';

type Options = Parameters<typeof listen>[0];

/** What a test asks of the page. */
const page = {
  heard: [] as ListenEvent[],
  levels: [] as SoundLevel[],
  scores: [] as ListenScore[],
  states: [] as string[],
  errors: [] as string[],
  /** The microphones that were asked for. */
  microphones: [] as MediaStream[],
  listening: undefined as Awaited<ReturnType<typeof listen>> | undefined,

  async start(models: string[], more: Partial<Options> = {}): Promise<{ state: string; sampleRate: number }> {
    Object.assign(page, { heard: [], levels: [], scores: [], states: [], errors: [] });
    const { mediaDevices } = navigator;
    const ask = MediaDevices.prototype.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (wishes) => {
      const stream = await ask(wishes);
      page.microphones.push(stream);
      return stream;
    };
    page.listening = await listen({
      // One that is loaded here stays the page's; an address is loaded by listen.
      model: [await TriggerModel.load(models[0]), ...models.slice(1)],
      onTrigger: (event) => page.heard.push(event),
      onLevel: (level) => page.levels.push(level),
      onScore: (score) => page.scores.push(score),
      onState: (state) => page.states.push(state),
      onError: ({ code, message }) => page.errors.push(`${code}: ${message}`),
      ...more,
    });
    const { state, sampleRate } = page.listening;
    return { state, sampleRate };
  },

  /** As a browser does when a microphone is pulled out. */
  lose(): void {
    const track = page.microphones.at(-1)!.getAudioTracks()[0];
    track.stop();
    track.dispatchEvent(new Event('ended'));
  },

  /** A recording as plain numbers, with how often its level was told. */
  async record(seconds: number, stopAfterMs?: number) {
    const control = new AbortController();
    if (stopAfterMs !== undefined) setTimeout(() => control.abort(), stopAfterMs);
    let levels = 0;
    const take = await recordClip({ seconds, signal: control.signal, onLevel: () => levels++ });
    const live = page.microphones
      .at(-1)!
      .getTracks()
      .map(({ readyState }) => readyState);
    return { samples: [...take.samples], sampleRate: take.sampleRate, levels, live };
  },

  async recordRefusal(options: unknown): Promise<{ code: string; message: string } | undefined> {
    try {
      await recordClip(options as Parameters<typeof recordClip>[0]);
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      return { code, message };
    }
    return undefined;
  },

  async refusal(options: unknown): Promise<{ code: string; message: string } | undefined> {
    try {
      await (await listen(options as Options)).stop();
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      return { code, message };
    }
    return undefined;
  },
};

export type ListenPage = typeof page;
Object.assign(globalThis, { listenPage: page });
