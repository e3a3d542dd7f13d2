/** What a run goes over. */
export interface TextPlan {
  /** Characters that are trained on in each epoch. */
  trainingCharacters: number;
  /** Characters of the tail that is only measured on. */
  heldOutCharacters: number;
  /** Characters of the tail that is measured on at the end. */
  testCharacters: number;
  /** Each of N x T characters at most. */
  stepsPerEpoch: number;
  /** Characters of the last step of an epoch. */
  lastStepCharacters: number;
  /** Of a model of lines how many there are, else undefined. */
  lines: { training: number; heldOut: number; test: number } | undefined;
  /** N. */
  batchSize: number;
  /** T. */
  steps: number;
  /** The step of the checkpoint that the run goes on from; 0 where it begins. */
  resumedAt: number;
}

/** How training stands after a step. */
export interface TextProgress {
  /** From 1. */
  epoch: number;
  /** Steps taken so far. */
  step: number;
  /** The share of the run that is done, 0 to 1. */
  progress: number;
  /** Characters trained on so far, each pass counted. */
  characters: number;
  /** The mean training loss of the last steps, in nats per character. */
  loss: number;
  /** The same in bits. */
  bitsPerCharacter: number;
  /** Trained on, without the time for held-out text. */
  charactersPerSecond: number;
  /** Of the last epoch that ended, in nats per character. */
  heldOutLoss: number | undefined;
}

/**
 * How training went. Losses are means per token: a character, or what else the model reads, such as words. An epoch
 * cut short counts as one.
 */
export interface TextHistory {
  /** Training loss of each epoch in nats, each character as its step found it. */
  loss: number[];
  /** The same in bits. */
  bitsPerCharacter: number[];
  /** Loss on the held-out tail after each epoch, in nats; empty where nothing is held out. */
  heldOutLoss: number[];
  /** The same in bits. */
  heldOutBitsPerCharacter: number[];
  /** Loss on the held-out tail after each epoch in nats per character, whatever the tokens are, which compares them. */
  heldOutLossPerCharacter: number[];
  /** Loss on the text kept for the test, in nats, where the training came to its end and some was kept. */
  testLoss?: number;
  /** The same in nats per character, whatever the tokens are. */
  testLossPerCharacter?: number;
  /** Training loss of the last steps, a hundred at most, in nats. */
  finalLoss: number;
  steps: number;
  /** Characters trained on, each pass counted. */
  characters: number;
  /** Training time in seconds, without that for held-out text. */
  seconds: number;
  charactersPerSecond: number;
  /** Whether the signal ended the training early. */
  stopped: boolean;
  /** The epoch whose held-out loss was the lowest, from 1: its weights are kept, unless `keepBest` is false. */
  bestEpoch?: number;
  /** Where the last checkpoint is, where one was written. */
  checkpoint?: string;
}
