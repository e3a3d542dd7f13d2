"""Writes checkpoints as torch.save does, without torch: the same pickle of protocol 2 in the same archive.

The classes that the pickle names are made here under their names, since pickle looks them up. Layout: torch/serialization.py
of PyTorch 1.13, _save.
"""
import collections
import io
import pickle
import struct
import sys
import types
import zipfile


def module(name):
    made = types.ModuleType(name)
    sys.modules[name] = made
    return made


torch, utils = module("torch"), module("torch._utils")
torch._utils = utils
for kind in "Double Float Half BFloat16 Long Int Short Char Byte Bool".split():
    name = f"{kind}Storage"
    setattr(torch, name, type(name, (), {"__module__": "torch"}))


def _rebuild_tensor_v2(*args):
    return args


def _rebuild_parameter(*args):
    return args


for function in (_rebuild_tensor_v2, _rebuild_parameter):
    function.__module__ = "torch._utils"
    setattr(utils, function.__name__, function)


class Storage:
    def __init__(self, kind, data, count):
        self.kind, self.data, self.count = kind, data, count


class Tensor:
    def __init__(self, storage, offset, sizes, strides):
        self.args = (storage, offset, tuple(sizes), tuple(strides), False, collections.OrderedDict())

    def __reduce_ex__(self, protocol):
        return (_rebuild_tensor_v2, self.args)


class Parameter:
    def __init__(self, tensor):
        self.tensor = tensor

    def __reduce_ex__(self, protocol):
        return (_rebuild_parameter, (self.tensor, True, collections.OrderedDict()))


def save(value, path, **more):
    keys, storages = {}, []

    class Pickler(pickle.Pickler):
        def persistent_id(self, one):
            if not isinstance(one, Storage):
                return None
            if id(one) not in keys:
                keys[id(one)] = str(len(keys))
                storages.append(one)
            return ("storage", getattr(torch, one.kind + "Storage"), keys[id(one)], "cpu", one.count)

    buffer = io.BytesIO()
    Pickler(buffer, protocol=2).dump(value)
    with zipfile.ZipFile(path, "w", **more) as archive:
        with archive.open("archive/data.pkl", "w", force_zip64=True) as file:
            file.write(buffer.getvalue())
        for storage in storages:
            with archive.open(f"archive/data/{keys[id(storage)]}", "w", force_zip64=True) as file:
                file.write(storage.data)
        archive.writestr("archive/version", "3\n")


def numbers(kind, values):
    form = {"Double": "d", "Float": "f", "Half": "e", "Long": "q", "Int": "i"}.get(kind)
    if kind == "BFloat16":
        data = b"".join(struct.pack("<f", value)[2:] for value in values)
    else:
        data = struct.pack(f"<{len(values)}{form}", *values)
    return Storage(kind, data, len(values))


class Own:
    pass


folder = sys.argv[1]
# A linear layer (2, 3) whose weight is the transpose of (3, 2), behind one number of its storage.
weight = Tensor(numbers("Float", [9, 1, 2, 3, 4, 5, 6]), 1, (2, 3), (1, 2))
for kind in ("Double", "Half", "BFloat16", "Long", "Int"):
    bias = Tensor(numbers(kind, [7, -8]), 0, (2,), (1,))
    state = collections.OrderedDict([("fc.weight", weight), ("fc.bias", bias)])
    save(state, f"{folder}/{kind}.pt")
state._metadata = collections.OrderedDict([("", {"version": 1})])
tied = numbers("Float", [1, 2, 3, 4, 5, 6, 7, 8])
shared = {
    "module.a.weight": Parameter(Tensor(tied, 0, (2, 3), (3, 1))),
    "module.a.bias": Tensor(tied, 6, (2,), (1,)),
}
save({"epoch": 3, "state_dict": shared, "optimizer": {"lr": 0.1}}, f"{folder}/checkpoint.pt")
save(state, f"{folder}/metadata.pt")
save(Own(), f"{folder}/own.pt")
save({"weight": 3}, f"{folder}/number.pt")
save({"a.weight": Tensor(tied, 4, (2, 3), (3, 1))}, f"{folder}/beyond.pt")
save({"a.weight": Tensor(tied, 0, (9, 9), (0, 0))}, f"{folder}/expanded.pt")
save({"a.weight": Tensor(numbers("Float", [float("nan")]), 0, (1, 1), (1, 1))}, f"{folder}/nan.pt")
save(state, f"{folder}/packed.pt", compression=zipfile.ZIP_DEFLATED)
with open(f"{folder}/old.pt", "wb") as file:
    pickle.dump(0x1950A86A20F9469CFC6C, file, protocol=2)
