"""numpy, torch and plain reading of memory in the search benchmark; see search.mjs.

usage: search-peers.py numpy|torch|read FILE THREADS TOPN
Opens a file of float32 vectors of length 1 and answers a query a line: a row's number in, JSON out.
"""

import json
import os
import sys
import time

peer, path, threads, topn = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = threads
import numpy  # noqa: E402

with open(path, "rb") as file:
    header_bytes = int.from_bytes(file.read(8), "little")
    header = json.loads(file.read(header_bytes))
begin = header["rows"]["data_offsets"][0]
shape = tuple(header["rows"]["shape"])
rows = numpy.fromfile(path, "<f4", shape[0] * shape[1], offset=8 + header_bytes + begin).reshape(shape)

if peer == "torch":
    import torch

    torch.set_num_threads(int(threads))
    tensor = torch.from_numpy(rows)

    def answer(query):
        return torch.topk(torch.mv(tensor, torch.from_numpy(query)), topn).indices.tolist()

elif peer == "numpy":

    def answer(query):
        scores = rows @ query
        best = numpy.argpartition(scores, -topn)[-topn:]
        return best[numpy.argsort(-scores[best])].tolist()

else:
    # The ceiling: the sum of all numbers, by a C loop per thread over its share of the rows.
    import ctypes
    import subprocess
    import tempfile

    source = """
    #include <stddef.h>
    double total(const float *a, size_t n) {
      double all = 0;
      #pragma omp parallel for simd reduction(+:all) schedule(static)
      for (size_t i = 0; i < n; i++) all += a[i];
      return all;
    }
    """
    library = tempfile.NamedTemporaryFile(suffix=".so").name
    flags = ["-O3", "-march=native", "-ffast-math", "-fopenmp", "-shared", "-fPIC", "-x", "c", "-"]
    subprocess.run(["gcc", *flags, "-o", library], input=source.encode(), check=True)
    total = ctypes.CDLL(library).total
    os.remove(library)
    total.restype = ctypes.c_double

    def answer(query):
        total(rows.ctypes.data_as(ctypes.c_void_p), ctypes.c_size_t(rows.size))
        return None


answer(rows[0].copy())
print(json.dumps({}), flush=True)
for line in sys.stdin:
    query = rows[int(line)].copy()
    began = time.perf_counter()
    answers = answer(query)
    result = {"ms": (time.perf_counter() - began) * 1e3}
    if answers is not None:
        result["answers"] = answers
    print(json.dumps(result), flush=True)
