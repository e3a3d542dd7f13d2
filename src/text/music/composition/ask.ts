/** What comes next in a tune: one symbol that is settled, or a choice of the model. */
export type Ask =
  | { readonly symbol: string; readonly allows?: undefined; readonly isNote: boolean }
  | {
      readonly symbol?: undefined;
      readonly allows: (symbol: string) => boolean;
      /** Whether a symbol that is allowed would make too long a copy of the training. */
      readonly copies?: (symbol: string) => boolean;
      /** Whether it is a note or a bar that is taken up, and no matter of form. */
      readonly isBody: boolean;
      readonly isNote: boolean;
      /** Whether the content of a bar begins, which can be drawn anew from here. */
      readonly isBar?: boolean;
    };

/** Asks for nothing: the symbol stands already. */
export function settled(symbol: string, isNote = false): Ask {
  return { symbol, isNote };
}

/** Asks for what cannot come. */
export const nothing: Ask = { allows: () => false, isBody: false, isNote: false };

/** Asks for a matter of form. */
export function* choose(allows: (symbol: string) => boolean): Generator<Ask, string, string> {
  return yield { allows, isBody: false, isNote: false };
}
