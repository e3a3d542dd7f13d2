import { describe, expect, it } from 'vitest';
import type { EngineSurvey } from '../../src/rnn/engine/survey.js';
import { runCli } from '../support/run-cli.js';
import { webGpuMissing } from '../support/swiftshader.js';

const isGpu = (engine: string): boolean => engine === 'gpu:webgpu' || engine === 'gpu:webgl2';

describe('devices', () => {
  it('lists every engine with its device and speed, or how to get it', async () => {
    const { status, stdout } = await runCli(['devices', '--json']);
    expect(status).toBe(0);
    const { engines, adapters } = JSON.parse(stdout) as { engines: EngineSurvey[]; adapters: object[] };
    const { engineChoices } = await import('../../src/rnn/engine/engine-names.js');
    const concrete = engineChoices.filter((name) => name !== 'auto' && name !== 'gpu');
    expect(engines.map(({ engine }) => engine)).toEqual(concrete);
    for (const survey of engines) {
      if ('problem' in survey) {
        expect(isGpu(survey.engine)).toBe(true);
        expect(survey.hint).toMatch(/\w/);
      } else {
        expect(survey.gflops).toBeGreaterThan(0);
        expect(survey.firstMs).toBeGreaterThan(0);
        expect(survey.device).toMatch(/\w/);
      }
    }
    const webgpu = engines.find(({ engine }) => engine === 'gpu:webgpu')!;
    expect('problem' in webgpu).toBe(webGpuMissing !== undefined);
    expect(adapters.length > 0).toBe(webGpuMissing === undefined);
  });

  it('prints one line an engine, with a hint for what is missing', async () => {
    const { status, stdout } = await runCli(['devices']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^wasm +[\d.]+ {2}\S/m);
    // Node has no WebGL2 on any machine.
    expect(stdout).toMatch(
      /^gpu:webgl2 +- {2}There is no WebGL2 here\.\n +WebGL2 is for browsers; in Node take --engine gpu:webgpu\.$/m,
    );
  });
});
