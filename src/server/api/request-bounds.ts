/** Texts of one request. */
export const MAX_TEXTS = 1_000;

/** Characters of one text that is generated. */
export const MAX_GENERATED = 100_000;

/** Texts or tunes that are made side by side. */
export const MAX_SAMPLES = 32;

/** Answers of a search. */
export const MAX_ANSWERS = 1_000;

/** Answers that a beam follows. */
export const MAX_BEAM = 64;
