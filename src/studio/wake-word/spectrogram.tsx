import { useEffect, useRef, useState } from 'preact/hooks';
import type { PowerSpectrum } from '../../audio/advanced.js';
import { ErrorNote } from '../parts/error-note.js';
import { shownError, type ShownError } from '../state/shown-error.js';

const FRAME = 512;
/** Columns at most; a long sound is looked at more seldom. */
const COLUMNS = 480;
/** Below the loudest, in decibels, of what is shown. */
const RANGE_DB = 70;
/** From silence to the loudest, as red, green and blue: dark to light in both themes. */
const RAMP = [
  [12, 16, 22],
  [29, 58, 95],
  [15, 134, 126],
  [150, 211, 125],
  [253, 246, 190],
];

/** What frequencies a sound holds over its time: loud ones are light. */
export function Spectrogram({
  samples,
  sampleRate,
  label,
}: {
  samples: Float32Array;
  sampleRate: number;
  label: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [error, setError] = useState<ShownError>();
  useEffect(() => {
    import('../../audio/advanced.js').then(
      ({ powerSpectrum }) => {
        if (canvas.current) draw(canvas.current, decibels(samples, powerSpectrum('fast', FRAME)));
      },
      (reason: unknown) => setError(shownError(reason)),
    );
  }, [samples]);
  if (error) return <ErrorNote error={error} />;
  return (
    <div class="spectrogram">
      <canvas
        ref={canvas}
        role="img"
        aria-label={`${label}, up to ${(sampleRate / 2000).toFixed(1)} kilohertz`}
      />
      <span class="axis" aria-hidden="true">
        {(sampleRate / 2000).toFixed(0)} kHz
      </span>
    </div>
  );
}

/** For each moment the power of each frequency, in decibels. */
function decibels(samples: Float32Array, spectrum: PowerSpectrum): Float32Array[] {
  const hop = Math.max(FRAME / 4, Math.ceil(samples.length / COLUMNS));
  const columns: Float32Array[] = [];
  for (let start = 0; start < samples.length; start += hop) {
    const frame = new Float32Array(FRAME);
    frame.set(samples.subarray(start, start + FRAME));
    columns.push(spectrum(frame).map((power) => 10 * Math.log10(power + 1e-12)));
  }
  return columns;
}

function draw(canvas: HTMLCanvasElement, columns: readonly Float32Array[]): void {
  const rows = FRAME / 2;
  Object.assign(canvas, { width: Math.max(1, columns.length), height: rows });
  const loudest = columns.reduce((most, column) => column.reduce((a, b) => Math.max(a, b), most), -Infinity);
  const context = canvas.getContext('2d');
  if (!context) return;
  const picture = context.createImageData(canvas.width, rows);
  columns.forEach((column, x) => {
    column.forEach((power, row) => {
      const at = 4 * ((rows - 1 - row) * canvas.width + x);
      picture.data.set(colourOf(1 + (power - loudest) / RANGE_DB), at);
    });
  });
  context.putImageData(picture, 0, 0);
}

/** @param share of the way from silence to the loudest */
function colourOf(share: number): number[] {
  const place = Math.max(0, Math.min(1, share)) * (RAMP.length - 1);
  const low = Math.min(RAMP.length - 2, Math.floor(place));
  return [0, 1, 2]
    .map((i) => Math.round(RAMP[low][i] + (place - low) * (RAMP[low + 1][i] - RAMP[low][i])))
    .concat(255);
}
