/** Tasks as classes of their own: from examples to a model that answers, with its figures. */
export type { ClassFigures, ClassificationReport } from './evaluation/classification-report.js';
export { NgramFeatures, type NgramState } from './linear/ngram-features.js';
export type { GramRange } from './linear/n-grams.js';
export type { NgramOptions, NgramSettings } from './linear/ngram-options.js';
export type { SparseRow } from './linear/sparse-row.js';
export {
  LogisticRegression,
  type LogisticRegressionOptions,
  type LogisticRegressionState,
} from './linear/logistic-regression.js';
export { SentenceVectors, type SentenceState } from './average/sentence-vectors.js';
export type { SentenceOptions } from './average/sentence-options.js';
export { Chatbot, type ChatbotOptions } from './chatbot/chatbot.js';
export type {
  ChatSession,
  Handler,
  HandlerCall,
  Reply,
  ScoredIntent,
  Understanding,
} from './chatbot/session.js';
export type { FoundEntity } from './chatbot/entity-finder.js';
export type { PendingSlots, SessionState } from './chatbot/session-state.js';
export type { ChatbotFigures } from './chatbot/scope.js';
export type { EntityDescription, FullIntent, FullIntents, Intent, Intents, Slot } from './chatbot/intents.js';
export { readIntents } from './chatbot/read-intents.js';
export {
  readDialogues,
  testDialogues,
  type Dialogue,
  type DialogueFault,
  type DialogueStep,
} from './chatbot/dialogue-test.js';
