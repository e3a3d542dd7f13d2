/** What is used of abcjs: its own types leave out the length of a parsed note and the sound. */
export interface Abcjs {
  parseOnly(abc: string): ParsedTune[];
  renderAbc(output: unknown, abc: string, options: Record<string, unknown>): ParsedTune[];
  synth: { getMidiFile(abc: string, options: { midiOutputType: 'binary' }): Uint8Array[] };
}

export interface ParsedTune {
  readonly warnings?: readonly string[];
  readonly lines: readonly {
    readonly staff?: readonly { readonly voices: readonly (readonly ParsedElement[])[] }[];
  }[];
  setUpAudio(options?: Record<string, unknown>): Sound;
}

export interface ParsedElement {
  readonly el_type: string;
  readonly type?: string;
  /** In whole notes, tuplets not counted. */
  readonly duration?: number;
  readonly startTriplet?: number;
  readonly tripletMultiplier?: number;
  readonly endTriplet?: boolean;
}

export interface Sound {
  /** Quarter notes a minute. */
  readonly tempo: number;
  /** Times in whole notes. */
  readonly tracks: readonly (readonly {
    readonly cmd: string;
    /** MIDI number. */
    readonly pitch: number;
    /** 0 to 127. */
    readonly volume: number;
    readonly start: number;
    readonly duration: number;
  }[])[];
}

/** abcjs, loaded when it is first needed: text alone does without. */
export async function loadAbcjs(): Promise<Abcjs> {
  const loaded = (await import('abcjs')) as unknown as { default: Abcjs };
  return loaded.default;
}
