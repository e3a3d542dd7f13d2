"""Makes librosa-features.json: log-mel and MFCC by librosa's conventions, written out in numpy and scipy.

Equal to, at 16 kHz with n_fft=512, hop_length=160, n_mels=40:
  S = librosa.feature.melspectrogram(y=y, sr=16000, ..., center=False)         (Slaney scale and norm, Hann, power 2)
  librosa.power_to_db(S, top_db=None), librosa.feature.mfcc(S=that, n_mfcc=20) (DCT-II, orthonormal)
Run: python3 test/golden/librosa-features.py
"""

import json
import pathlib

import numpy
import scipy.fft
import scipy.signal

RATE, FFT, HOP, MELS = 16_000, 512, 160, 40

n = numpy.arange(1200)
y = (0.3 * numpy.sin(0.2 * n) + 0.2 * numpy.sin(0.0009 * n * n) + 0.05 * numpy.cos(2.9 * n)).astype(numpy.float32)


def hz_to_mel(hz):
    linear = 3.0 * hz / 200.0
    return numpy.where(hz >= 1000.0, 15.0 + numpy.log(numpy.maximum(hz, 1e-9) / 1000.0) * 27.0 / numpy.log(6.4), linear)


def mel_to_hz(mel):
    return numpy.where(mel >= 15.0, 1000.0 * numpy.exp(numpy.log(6.4) / 27.0 * (mel - 15.0)), 200.0 * mel / 3.0)


edges = mel_to_hz(numpy.linspace(hz_to_mel(numpy.float64(0)), hz_to_mel(numpy.float64(RATE / 2)), MELS + 2))
bins = numpy.fft.rfftfreq(FFT, 1 / RATE)
up = (bins[None, :] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
down = (edges[2:, None] - bins[None, :]) / (edges[2:] - edges[1:-1])[:, None]
filters = numpy.maximum(0, numpy.minimum(up, down)) * (2.0 / (edges[2:] - edges[:-2]))[:, None]

window = scipy.signal.get_window("hann", FFT, fftbins=True)
frames = numpy.stack([y[k : k + FFT] for k in range(0, len(y) - FFT + 1, HOP)]).astype(numpy.float64)
power = numpy.abs(numpy.fft.rfft(frames * window, axis=1)) ** 2
decibels = 10 * numpy.log10(numpy.maximum(1e-10, power @ filters.T))
golden = {
    "samples": [float(x) for x in y],
    "logMel": numpy.round(decibels, 6).ravel().tolist(),
    "mfcc": numpy.round(scipy.fft.dct(decibels, type=2, norm="ortho", axis=1)[:, :20], 6).ravel().tolist(),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
