import type { Command } from 'commander';
import { registerExport } from './export-model.js';
import { registerImport } from './import-model.js';

/** Adds the commands that exchange models with other libraries: export, import. */
export function register(program: Command): void {
  registerExport(program);
  registerImport(program);
}
