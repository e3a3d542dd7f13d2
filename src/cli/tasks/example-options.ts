import type { Command } from 'commander';
import { SeqkitError } from '../../base/errors.js';
import { folderHost } from '../../base/host/folder-host.js';
import type { LabeledExample } from '../../tasks/examples/labeled-examples.js';
import { STANDARD_INPUT, fileOrStandardInput } from '../terminal/standard-input.js';
import { Option } from 'commander';

/** Where labeled examples stand, as typed. */
export interface ExampleOptions {
  readonly text?: string;
  readonly sequence?: string;
  readonly steps?: string;
  readonly label?: string;
  readonly group?: string;
  readonly format?: 'csv' | 'tsv' | 'jsonl';
}

/** What `<data>` may be, for the help. */
export const DATA_ARGUMENT =
  'a .csv, .tsv or .jsonl file, - for standard input, or a folder with a folder of WAV or text files for each label';

/** Adds the options of `ExampleOptions` to a command. */
export function addExampleOptions(command: Command): Command {
  return command
    .option('--text <column>', 'the column of texts (default: text)')
    .option('--label <column>', 'the column of labels (default: label)')
    .option('--sequence <column>', 'in place of texts, a column of numbers')
    .option('--steps <columns>', 'in place of texts, columns that are time steps, with commas between them')
    .option(
      '--group <column>',
      'what examples have in common, such as a speaker: a column or, for a folder, a regular expression for paths',
    )
    .addOption(
      new Option('--format <name>', 'of the table (default: told by its name)').choices([
        'csv',
        'tsv',
        'jsonl',
      ]),
    );
}

/** Reads the examples that were asked for. */
export async function typedExamples(path: string, options: ExampleOptions): Promise<LabeledExample[]> {
  const { text, sequence, steps, label, group, format } = options;
  if (path !== STANDARD_INPUT && folderHost.isFolder(path)) {
    const { readExampleFolder } = await import('../../tasks/examples/read-example-folder.js');
    return readExampleFolder(path, { ...(group !== undefined && { group: expression(group) }) });
  }
  const { readExamples } = await import('../../tasks/examples/read-examples.js');
  const { path: file } = await fileOrStandardInput(path);
  return readExamples(file, {
    ...(text !== undefined && { text }),
    ...(sequence !== undefined && { sequence }),
    ...(steps !== undefined && { steps: steps.split(',').map((name) => name.trim()) }),
    ...(label !== undefined && { label }),
    ...(group !== undefined && { group }),
    ...(format !== undefined && { format }),
  });
}

function expression(typed: string): RegExp {
  try {
    return new RegExp(typed, 'u');
  } catch (cause) {
    throw new SeqkitError(`--group: ${JSON.stringify(typed)} is no regular expression.`, {
      code: 'usage',
      cause,
    });
  }
}
