/** Tasks as classes of their own: from examples to a model that answers, with its figures. */
export type { ClassFigures, ClassificationReport } from './evaluation/classification-report.js';
