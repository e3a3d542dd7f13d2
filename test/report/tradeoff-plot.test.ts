import { describe, expect, it } from 'vitest';
import { tradeoffPlotSvg, tradeoffSpec, type TradeoffPlot } from '../../src/report/tradeoff-plot.js';

const plot: TradeoffPlot = {
  title: 'Misses and false alarms of "go"',
  words: 50,
  hours: 2,
  curves: [
    {
      label: 'go',
      points: [
        { missed: 0.2, falseAlarmsPerHour: 90 },
        { missed: 0, falseAlarmsPerHour: 40 },
        { missed: 0.04, falseAlarmsPerHour: 3 },
        { missed: 0.5, falseAlarmsPerHour: 0 },
      ],
      chosen: { missed: 0.04, falseAlarmsPerHour: 3, label: 'threshold 0.8' },
    },
  ],
};

/** The values of one of the plot's data sets. */
function valuesOf(name: string): unknown {
  const sets = tradeoffSpec(plot).data as { name: string; values: unknown }[];
  return sets.find((set) => set.name === name)!.values;
}

describe('tradeoffPlotSvg', () => {
  it('puts none at half of what one would be, and leaves out what is outdone in both', () => {
    // One alarm in two hours is 0.5 an hour, one of fifty words 2%.
    expect(valuesOf('dots')).toEqual([
      { curve: 'go', alarms: 40, missed: 1 },
      { curve: 'go', alarms: 3, missed: 4 },
      { curve: 'go', alarms: 0.25, missed: 50 },
    ]);
    expect(valuesOf('chosen')).toEqual([{ curve: 'go', alarms: 3, missed: 4, text: 'threshold 0.8' }]);
  });

  it('draws the curve, the chosen threshold and both axes', async () => {
    const svg = await tradeoffPlotSvg(plot);
    for (const text of ['threshold 0.8', 'false alarms per hour', 'missed, %', '>0<', '>20<', '>50<']) {
      expect(svg).toContain(text);
    }
  });

  it('draws nothing of no words, or of no time', async () => {
    await expect(tradeoffPlotSvg({ ...plot, words: 0 })).rejects.toThrow(
      'words must be a number above 0, not 0',
    );
    await expect(tradeoffPlotSvg({ ...plot, hours: 0 })).rejects.toMatchObject({ code: 'bad-value' });
  });
});
