import { optional, someText } from '../../base/schema/index.js';

/** What every metric takes. */
export interface MetricOptions {
  /** What it is called in histories. @default its class's name in camelCase */
  name?: string;
}

/** The table of `MetricOptions`. */
export const metricTable = { name: optional(someText) };
