import { describe, expect, it } from 'vitest';
import { Progress } from '../../src/cli/terminal/progress.js';

/** A progress over 1000 steps on a made-up clock. */
function start(
  target: { isTTY: boolean; columns?: number },
  from?: number,
): {
  at: (ms: number, done: number) => string;
  end: () => string;
} {
  let now = 5_000;
  let written = '';
  const write = (text: string): void => void (written += text);
  const take = (): string => {
    const text = written;
    written = '';
    return text;
  };
  const progress = new Progress('training', {
    total: 1000,
    unit: 'steps',
    ...(from !== undefined && { from }),
    target: { ...target, write },
    now: () => now,
  });
  return {
    at: (ms, done) => {
      now = 5_000 + ms;
      progress.update(done, 'loss 1.5');
      return take();
    },
    end: () => {
      progress.end();
      return take();
    },
  };
}

describe('Progress on a terminal', () => {
  it('is silent for a second, then draws rate and time left, ten times a second at most', () => {
    const { at, end } = start({ isTTY: true, columns: 100 });
    expect(at(900, 100)).toBe('');
    expect(at(2_000, 250)).toBe(
      '\r\x1b[Ktraining [=====               ] 25%, 125 steps/s, 0:06 left, loss 1.5',
    );
    expect(at(2_050, 260)).toBe('');
    expect(at(2_100, 262)).toContain('26%');
    expect(end()).toBe('\r\x1b[K');
  });

  it('counts the rate without what was done before', () => {
    const { at } = start({ isTTY: true, columns: 100 }, 500);
    expect(at(2_000, 600)).toContain('60%, 50 steps/s, 0:08 left');
  });

  it('shows what is done where nobody knows the whole', () => {
    let drawn = '';
    let now = 0;
    const target = { isTTY: false, write: (text: string) => (drawn += text) };
    const progress = new Progress('counting', { total: Infinity, unit: 'words', target, now: () => now });
    now = 2_000;
    progress.update(1_500);
    expect(drawn).toBe('counting 1,500 words, 750 words/s\n');
  });

  it('leaves no trace of a short job', () => {
    const { at, end } = start({ isTTY: true });
    expect(at(999, 999) + end()).toBe('');
  });

  it('never wraps', () => {
    const { at } = start({ isTTY: true, columns: 30 });
    expect(at(2_000, 250)).toBe('\r\x1b[Ktraining 25%, loss 1.5');
    expect(start({ isTTY: true, columns: 12 }).at(2_000, 250)).toBe('\r\x1b[Ktraining lo');
  });

  it('says hours for long jobs and does not run past the end', () => {
    expect(start({ isTTY: true, columns: 100 }).at(10_000, 2)).toContain('1:23:10 left');
    expect(start({ isTTY: true, columns: 100 }).at(10_000, 1200)).toContain('100%, 100 steps/s, 0:00 left');
    expect(start({ isTTY: true, columns: 100 }).at(10_000, 0)).toContain('0%, 0 steps/s, loss 1.5');
  });
});

describe('Progress whose whole becomes known on the way', () => {
  it('counts by what is known by then', () => {
    let now = 0;
    const lines: string[] = [];
    const target = { isTTY: false, write: (line: string) => lines.push(line) };
    const progress = new Progress('training', { total: 1, unit: 'steps', target, now: () => now });
    now = 10_000;
    progress.update(100, '', 400);
    expect(lines).toEqual(['training 25%, 10 steps/s, 0:30 left\n']);
  });
});

describe('Progress in a log', () => {
  it('is a plain line every fifteen seconds', () => {
    const { at, end } = start({ isTTY: false });
    expect(at(900, 1)).toBe('');
    expect(at(1_000, 10)).toBe('training 1%, 10 steps/s, 1:39 left, loss 1.5\n');
    expect(at(15_000, 150)).toBe('');
    expect(at(16_000, 160)).toBe('training 16%, 10 steps/s, 1:24 left, loss 1.5\n');
    expect(end()).toBe('');
  });
});

describe('the live line of every training', () => {
  const details: [string, string, string][] = [
    ['training', 'characters', '17.81 bits/char, loss 12.345, held out 12.345'],
    ['training', 'bytes', '8.00 bits/byte, loss 5.545, held out 5.545'],
    ['training', 'words', 'pass 1000 of 1000, loss 123.456, rate 0.0250'],
    ['fine-tuning', 'examples', 'loss 123.456'],
    ['counting', 'words', ''],
  ];

  it.each(details)('fits 80 columns with its losses: %s, %s, "%s"', (label, unit, detail) => {
    for (const [total, elapsed] of [
      [1e12, 1e5],
      [1e12, 1e9],
      [1e9, 3e7],
      [1e5, 4e6],
    ]) {
      let [now, written] = [0, ''];
      const target = { isTTY: true, columns: 80, write: (text: string) => void (written = text) };
      const progress = new Progress(label, { total, unit, target, now: () => now });
      now = elapsed;
      progress.update(total / 7, detail);
      const line = written.replace('\r\x1b[K', '');
      expect(line.length).toBeLessThan(80);
      expect(line).toContain(detail);
      expect(line).toContain('14%');
    }
  });

  it('gives up the rate, then the time left; the bar has what they leave over', () => {
    const line = (columns: number): string => {
      let [now, written] = [0, ''];
      const target = { isTTY: true, columns, write: (text: string) => void (written = text) };
      const progress = new Progress('training', { total: 1e6, unit: 'characters', target, now: () => now });
      now = 10_000;
      progress.update(250_000, 'loss 1.5');
      return written.replace('\r\x1b[K', '');
    };
    expect(line(90)).toBe('training [=====               ] 25%, 25,000 characters/s, 0:30 left, loss 1.5');
    expect(line(70)).toBe('training [===         ] 25%, 25,000 characters/s, 0:30 left, loss 1.5');
    expect(line(60)).toBe('training 25%, 25,000 characters/s, 0:30 left, loss 1.5');
    expect(line(50)).toBe('training [=     ] 25%, 25k/s, 0:30 left, loss 1.5');
    expect(line(36)).toBe('training 25%, 0:30 left, loss 1.5');
    expect(line(25)).toBe('training 25%, loss 1.5');
  });

  it('says nothing of a whole that is not known', () => {
    let [now, written] = [0, ''];
    const target = { isTTY: true, columns: 80, write: (text: string) => void (written = text) };
    const progress = new Progress('counting', { total: Infinity, unit: 'words', target, now: () => now });
    now = 2_000;
    progress.update(5_000);
    expect(written).toBe('\r\x1b[Kcounting 5,000 words, 2,500 words/s');
  });
});
