import { describe, expect, it } from 'vitest';
import { Progress } from '../../src/cli/progress.js';

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
    expect(at(2_000, 250).slice('\r\x1b[K'.length)).toHaveLength(29);
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
