/** A class as it is typed: its name, and an example a line. */
export interface Column {
  readonly label: string;
  readonly examples: string;
}

export const FIRST_COLUMNS: readonly Column[] = [
  {
    label: 'praise',
    examples:
      'I love this\nwhat a lovely evening\nthe food was great\na wonderful film\nreally well done\nthis made my day\nthe best I have had\nso kind and helpful',
  },
  {
    label: 'complaint',
    examples:
      'I want my money back\nthe food was cold\nthis is far too slow\na terrible film\nit broke after a day\nnobody answered my letter\nthe worst I have had\nso rude and loud',
  },
];

export const isColumns = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every(
    (column: Partial<Column> | undefined) =>
      typeof column?.label === 'string' && typeof column.examples === 'string',
  );

export interface TextExample {
  readonly text: string;
  readonly label: string;
}

/** The examples of all columns. */
export function examplesOf(columns: readonly Column[]): TextExample[] {
  return columns.flatMap(({ label, examples }) =>
    linesOf(examples).map((text) => ({ text, label: label.trim() })),
  );
}

export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

/** Columns of examples that were read. */
export function columnsOf(examples: readonly TextExample[]): Column[] {
  const byLabel = new Map<string, string[]>();
  for (const { text, label } of examples) {
    byLabel.set(label, [...(byLabel.get(label) ?? []), text.replace(/\s+/g, ' ')]);
  }
  return [...byLabel].map(([label, texts]) => ({ label, examples: texts.join('\n') }));
}

/** With fewer of each class none is held back. */
const HOLD_BACK_FROM = 5;

/** Every fifth example of each class is held back to test on, where each has five or more. */
export function split(examples: readonly TextExample[]): { train: TextExample[]; test: TextExample[] } {
  const seen = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const { label } of examples) counts.set(label, (counts.get(label) ?? 0) + 1);
  if ([...counts.values()].some((count) => count < HOLD_BACK_FROM)) return { train: [...examples], test: [] };
  const train: TextExample[] = [];
  const test: TextExample[] = [];
  for (const example of examples) {
    const at = seen.get(example.label) ?? 0;
    seen.set(example.label, at + 1);
    (at % HOLD_BACK_FROM === HOLD_BACK_FROM - 1 ? test : train).push(example);
  }
  return { train, test };
}
