/** What is used of abcjs: its own types leave out the length of a parsed note and the sound. */
export interface Abcjs {
  parseOnly(abc: string): ParsedTune[];
  renderAbc(output: unknown, abc: string, options: Record<string, unknown>): DrawnTune[];
  synth: { getMidiFile(tune: ParsedTune, options: { midiOutputType: 'binary' }): Uint8Array };
}

export interface ParsedTune {
  readonly warnings?: readonly string[];
  readonly lines: readonly {
    readonly staff?: readonly { readonly voices: readonly (readonly ParsedElement[])[] }[];
  }[];
  setUpAudio(options?: Record<string, unknown>): Sound;
}

/** A tune that was drawn. */
export interface DrawnTune extends ParsedTune {
  /** Makes a list of what is played, at the tempo that the tune says. */
  setTiming(): readonly TimedEvent[];
}

export type TimedEvent =
  | { readonly type: 'end'; readonly milliseconds: number }
  | {
      readonly type: 'event';
      readonly milliseconds: number;
      /** Null where a note before it goes on. In pixels. */
      readonly left: number | null;
      readonly width: number;
      readonly top: number;
      readonly height: number;
    };

export interface ParsedElement {
  readonly el_type: string;
  /** Where it stands in the text. */
  readonly startChar: number;
  readonly endChar: number;
  readonly type?: string;
  /** In whole notes, tuplets not counted. */
  readonly duration?: number;
  /** p of a tuplet that begins here, its factor, and how many notes it has. */
  startTriplet?: number;
  readonly tripletMultiplier?: number;
  readonly tripletR?: number;
  readonly endTriplet?: boolean;
  /** Names of ornaments and articulations. */
  readonly decoration?: readonly string[];
  /** Of what does not sound. */
  readonly rest?: unknown;
  readonly pitches?: readonly { readonly endTie?: boolean }[];
  /** Of a bar line: the name of the ending that begins there, such as `1`. */
  readonly startEnding?: string;
  /** Of a bar line: whether an ending ends there. */
  readonly endEnding?: boolean;
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
    /** Where the note stands in the text; undefined for what accompanies a chord symbol. */
    readonly startChar?: number;
  }[])[];
}

/** abcjs, loaded when it is first needed: text alone does without. */
export async function loadAbcjs(): Promise<Abcjs> {
  const loaded = (await import('abcjs')) as unknown as { default: Abcjs };
  return loaded.default;
}
