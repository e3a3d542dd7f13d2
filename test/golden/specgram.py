"""Makes specgram.json: the power density of frames of 200 samples, by scipy and by the formula in numpy.

Equal to matplotlib's specgram(x, NFFT=200, Fs=8000, noverlap=120): a symmetric Hann window, no detrending,
one-sided, over the window's energy and Fs. x are 16-bit samples.
Run: python3 test/golden/specgram.py
"""

import json
import pathlib

import numpy
import scipy.signal

FRAME, HOP, FS = 200, 80, 8000

n = numpy.arange(700)
x = numpy.round(9000 * numpy.sin(0.31 * n) + 4000 * numpy.sin(0.0013 * n * n) + 1500 * numpy.cos(3.1 * n) + 200)
window = numpy.hanning(FRAME)
_, _, density = scipy.signal.spectrogram(
    x, fs=FS, window=window, nperseg=FRAME, noverlap=FRAME - HOP, detrend=False, scaling="density", mode="psd"
)
frames = numpy.stack([x[k : k + FRAME] for k in range(0, len(x) - FRAME + 1, HOP)])
plain = numpy.abs(numpy.fft.rfft(frames * window, axis=1)) ** 2 / (FS * numpy.sum(window**2))
plain[:, 1:-1] *= 2
assert numpy.allclose(plain, density.T, rtol=1e-9)
golden = {"samples": x.tolist(), "shape": list(plain.shape), "density": plain.ravel().tolist()}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
