/** Prints what the page shows as a sheet, and nothing of all around it: the styles leave that out. */
export function printSheet(): void {
  const { dataset } = document.documentElement;
  dataset['print'] = 'sheet';
  addEventListener('afterprint', () => delete dataset['print'], { once: true });
  print();
}
