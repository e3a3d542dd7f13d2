import type { Reporter, TestModule, Vitest } from 'vitest/node';

/**
 * Names each skipped test at the end of a run, with the reason that `context.skip(condition, reason)`
 * gave, so that nothing goes missing in silence. Where `-t` asks for some tests by their names, the others were left out
 * on purpose: those with a reason alone are named.
 */
export class SkippedTestsReporter implements Reporter {
  #someAreAskedFor = false;

  onInit(vitest: Vitest): void {
    this.#someAreAskedFor = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines: string[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const result = test.result();
        const reason = result.state === 'skipped' ? result.note : undefined;
        if (reason === undefined && this.#someAreAskedFor) continue;
        lines.push(`  ${module.relativeModuleId} > ${test.fullName}: ${reason ?? 'no reason given'}`);
      }
    }
    if (lines.length > 0) console.log(`Skipped:\n${lines.join('\n')}\n`);
  }
}
