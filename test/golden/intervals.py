"""Makes intervals.json: 95% intervals of shares and of Poisson counts, by scipy.

Wilson: scipy.stats.binomtest(k, n).proportion_ci(method="wilson").
Garwood: chi2.ppf(0.025, 2k) / 2 and chi2.ppf(0.975, 2k + 2) / 2; the one-sided bound: chi2.ppf(0.95, 2k + 2) / 2.
Run: python3 test/golden/intervals.py
"""

import json
import pathlib

import scipy
from scipy.stats import binomtest, chi2

shares = []
for n in (1, 2, 10, 54, 60, 97, 1000):
    for k in sorted({0, 1, n // 2, n - 1, n}):
        interval = binomtest(k, n).proportion_ci(method="wilson")
        shares.append([k, n, float(interval.low), float(interval.high)])
counts = []
for k in (0, 1, 2, 3, 5, 10, 37, 100, 746, 1000, 5000):
    low = 0.0 if k == 0 else float(chi2.ppf(0.025, 2 * k)) / 2
    counts.append([k, low, float(chi2.ppf(0.975, 2 * k + 2)) / 2, float(chi2.ppf(0.95, 2 * k + 2)) / 2])

golden = {"scipy": scipy.__version__, "shares": shares, "counts": counts}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
