import { arrow, box, COLORS, drawing, label } from './svg.mjs';

/** From a folder of clips to a detector: what each command takes and gives. */
export function triggerPath() {
  const grey = { fill: COLORS.paleGrey };
  const green = { fill: COLORS.paleGreen, stroke: COLORS.green };
  const blue = { fill: COLORS.paleBlue, stroke: COLORS.blue };
  const command = (x, y, width, name, what) => box(x, y, width, 56, [name, what], blue);
  const right = (from, to, y) =>
    arrow([
      [from, y],
      [to, y],
    ]);
  return drawing(760, 300, 'From clips to a detector: record, check, train, evaluate, listen', [
    label(24, 34, 'Train', { anchor: 'start', bold: true, fill: COLORS.blue }),
    command(24, 50, 130, 'record', 'clips of the word'),
    right(154, 188, 78),
    box(192, 40, 130, 76, ['clips/', 'activates, negatives,', 'backgrounds'], grey),
    right(322, 356, 78),
    command(360, 50, 150, 'train-trigger', 'mixes and trains'),
    right(510, 544, 78),
    box(548, 50, 188, 56, ['trigger.safetensors', 'one file, 0.3 MB'], green),
    label(24, 136, 'Test and use', { anchor: 'start', bold: true, fill: COLORS.blue }),
    command(24, 184, 150, 'eval-trigger', 'found, false alarms'),
    command(190, 184, 160, 'calibrate-trigger', 'sets the threshold'),
    command(366, 184, 180, 'detect, listen', 'recordings, microphone'),
    box(562, 184, 174, 56, ['TriggerModel.load', 'in your program or page'], green),
    arrow([
      [642, 106],
      [642, 150],
      [99, 150],
      [99, 181],
    ]),
    arrow([
      [642, 150],
      [642, 181],
    ]),
    ...[270, 456].map((x) =>
      arrow([
        [x, 150],
        [x, 181],
      ]),
    ),
  ]);
}
