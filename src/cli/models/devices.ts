import type { Command } from 'commander';
import type { EngineSurvey } from '../../rnn/engine/survey.js';
import { asTyped } from '../options/option-names.js';
import { jsonOption } from '../options/options.js';
import { print, printJson } from '../terminal/output.js';

/** Adds the command about this machine: devices. */
export function register(program: Command): void {
  program
    .command('devices')
    .description(
      'Every engine with the device it would run on and the speed of a small product there; for what is missing, how to get it.',
    )
    .addOption(jsonOption())
    .action(devices);
}

async function devices({ json }: { readonly json: boolean }): Promise<void> {
  const { surveyEngines, SURVEYED_SIZE: surveyedSize } = await import('../../rnn/engine/survey.js');
  const { listWebGpuAdapters } = await import('../../rnn/engine/devices/devices.js');
  const found: EngineSurvey[] = [];
  if (!json) print(`${'engine'.padEnd(11)}  ${'GFLOP/s'.padStart(8)}  device`);
  for await (const survey of surveyEngines()) {
    found.push(survey);
    if (!json) for (const line of describe(survey)) print(line);
  }
  const adapters = await listWebGpuAdapters();
  if (json) {
    printJson({ product: surveyedSize, engines: found, adapters });
    return;
  }
  const others = adapters.slice(1).map(({ name }) => name);
  if (others.length > 0) print(`WebGPU would not take: ${others.join(', ')}.`);
  print(
    `Speeds are of one ${surveyedSize} x ${surveyedSize} product, there and back. --engine auto times wasm and every GPU above on the job itself and takes the faster.`,
  );
}

function* describe(survey: EngineSurvey): Generator<string> {
  const engine = survey.engine.padEnd(11);
  if ('problem' in survey) {
    yield `${engine}  ${'-'.padStart(8)}  ${asTyped(survey.problem)}`;
    if (survey.hint !== undefined) yield `${' '.repeat(23)}${asTyped(survey.hint)}`;
    return;
  }
  const { device, isSoftware, gflops } = survey;
  const isGpu = survey.engine === 'gpu:webgpu' || survey.engine === 'gpu:webgl2';
  const remark = isGpu && isSoftware ? ' (in software: right, but slow; not for auto)' : '';
  yield `${engine}  ${gflops.toPrecision(3).padStart(8)}  ${device}${remark}`;
}
