import type { Reporter, TestModule } from 'vitest/node';

/**
 * Names each skipped test at the end of a run, with the reason that `context.skip(condition, reason)`
 * gave, so that nothing goes missing in silence.
 */
export class SkippedTestsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines: string[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const result = test.result();
        const reason = result.state === 'skipped' ? result.note : undefined;
        lines.push(`  ${module.relativeModuleId} > ${test.fullName}: ${reason ?? 'no reason given'}`);
      }
    }
    if (lines.length > 0) console.log(`Skipped:\n${lines.join('\n')}\n`);
  }
}
