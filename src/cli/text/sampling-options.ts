import type { Command } from 'commander';
import type { SamplingOptions } from '../../text/sampling/sampling.js';
import { realOption, wholeOption } from '../options/options.js';

/** How characters are drawn, as typed: all of `SamplingOptions`. */
export type TypedSampling = Readonly<Required<SamplingOptions>>;

/** Adds the options of `TypedSampling` to a command. */
export function addSamplingOptions(command: Command): Command {
  return command
    .addOption(
      realOption('--temperature <t>', '0 takes the likeliest each time, above 1 is daring', {
        min: 0,
        max: 100,
      }).default(0.8),
    )
    .addOption(
      wholeOption('--top-k <n>', 'only the n likeliest tokens come; 0: all', {
        min: 0,
        max: 1_000_000,
      }).default(0),
    )
    .addOption(
      realOption('--top-p <share>', 'only the likeliest that together have this probability', {
        above: 0,
        max: 1,
      }).default(1),
    )
    .addOption(
      realOption('--repetition-penalty <f>', 'above 1: what came lately comes less', {
        above: 0,
        max: 100,
      }).default(1),
    )
    .addOption(
      wholeOption('--repetition-window <n>', 'tokens, such as characters, that count as lately', {
        min: 1,
        max: 1_000_000,
      }).default(64),
    );
}

/** The sampling options among a command's. */
export function samplingOf(options: TypedSampling): TypedSampling {
  const { temperature, topK, topP, repetitionPenalty, repetitionWindow } = options;
  return { temperature, topK, topP, repetitionPenalty, repetitionWindow };
}
