# Makes keras-files/: models as Keras 1, 2 and 3 save them, written by h5py in the layouts of their savers.
#
# Debian: apt-get install python3-h5py
# then: /usr/bin/python3 test/golden/keras-files.py
#
# Weights are those of keras-layers.mjs, `number(key, i)` from key 10 on, so that what TensorFlow.js's Keras layers gave,
# keras-layers.json, judges what is read. The layouts are those of keras/engine/saving (1.2.2, 2.3.0), of
# keras/saving/saving_lib (3.x), and, of CuDNN's weights, the conversions of keras/engine/saving's preprocess_weights.
import io
import json
import os
import zipfile

import h5py
import numpy as np

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "keras-files")
os.makedirs(here, exist_ok=True)
N, T, D, H, V = 2, 5, 3, 4, 6


def numbers(key, *shape):
    size = int(np.prod(shape))
    values = [(((key + 2) * (i + 7 * key) ** 3) % 1013) / 1013 - 0.5 for i in range(size)]
    return (2 * np.array(values)).reshape(shape).astype(np.float32)


def layer(class_name, name, weights=(), **config):
    return {"class_name": class_name, "name": name, "config": {"name": name, **config}, "weights": list(weights)}


def plain(one):
    return {"class_name": one["class_name"], "config": one["config"]}


def write_h5(file, layers, version, config, nested=True):
    with h5py.File(os.path.join(here, file), "w") as f:
        f.attrs["keras_version"] = version.encode()
        f.attrs["backend"] = b"tensorflow"
        f.attrs["model_config"] = json.dumps(config).encode()
        root = f.create_group("model_weights") if nested else f
        root.attrs["layer_names"] = np.array([one["name"].encode() for one in layers])
        root.attrs["keras_version"] = version.encode()
        for one in layers:
            group = root.create_group(one["name"])
            group.attrs["weight_names"] = np.array([name.encode() for name, _ in one["weights"]])
            for name, array in one["weights"]:
                group.create_dataset(name, data=array)


def sequential(layers, as_list=False):
    entries = [plain(one) for one in layers]
    return {"class_name": "Sequential", "config": entries if as_list else {"name": "sequential", "layers": entries}}


def write_keras(file, config, variables, version="3.6.0"):
    weights = io.BytesIO()
    with h5py.File(weights, "w") as f:
        for path, arrays in variables.items():
            group = f.create_group(path)
            for i, array in enumerate(arrays):
                group.create_dataset(str(i), data=array)
    with zipfile.ZipFile(os.path.join(here, file), "w") as z:
        for name, data in (
            ("metadata.json", json.dumps({"keras_version": version, "date_saved": "2024-10-01@12:00:00"})),
            ("config.json", json.dumps(config)),
            ("model.weights.h5", weights.getvalue()),
        ):
            z.writestr(zipfile.ZipInfo(name, (2024, 10, 1, 0, 0, 0)), data)


def lstm(name, key, inputs, units, cell=True, ending=":0", **config):
    inside = f"{name}/lstm_cell/" if cell else f"{name}/"
    shapes = (("kernel", (inputs, 4 * units)), ("recurrent_kernel", (units, 4 * units)), ("bias", (4 * units,)))
    weights = [(inside + part + ending, numbers(key + i, *shape)) for i, (part, shape) in enumerate(shapes)]
    return layer("LSTM", name, weights, units=units, **config)


# tf.keras 2: 'two LSTM layers, Dense'.
two = [
    layer("InputLayer", "lstm_input", batch_input_shape=[None, T, D], dtype="float32"),
    lstm("lstm", 10, D, H, return_sequences=True, activation="tanh", recurrent_activation="sigmoid"),
    lstm("lstm_1", 13, H, D, activation="tanh", recurrent_activation="sigmoid", kernel_regularizer={"l2": 0.1}),
    layer("Dense", "dense", [("dense/kernel:0", numbers(16, D, 2)), ("dense/bias:0", numbers(17, 2))],
          units=2, activation="sigmoid"),
]
write_h5("keras2.h5", two, "2.15.0", sequential(two))

# The same as a functional model of Keras 2.
functional = []
for i, one in enumerate(two):
    before = two[i - 1]["name"] if i else None
    functional.append({**plain(one), "name": one["name"], "inbound_nodes": [[[before, 0, 0, {}]]] if before else []})
write_h5("keras2-functional.h5", two, "2.3.0", {"class_name": "Model", "config": {
    "name": "model", "layers": functional, "input_layers": [["lstm_input", 0, 0]], "output_layers": [["dense", 0, 0]]}})

# Keras 1, whose gates are arrays of their own (i, c, f, o) and whose default is the hard sigmoid: 'LSTM, hard sigmoid'.
kernel, recurrent, bias = numbers(10, D, 4 * H), numbers(11, H, 4 * H), numbers(12, 4 * H)
first = []
for gate, at in (("i", 0), ("c", 2), ("f", 1), ("o", 3)):
    columns = slice(at * H, (at + 1) * H)
    first += [(f"lstm_1_W_{gate}", kernel[:, columns]), (f"lstm_1_U_{gate}", recurrent[:, columns]),
              (f"lstm_1_b_{gate}", bias[columns])]
one = [layer("LSTM", "lstm_1", first, output_dim=H, return_sequences=True, batch_input_shape=[None, T, D])]
write_h5("keras1-lstm.h5", one, "1.2.2", sequential(one, as_list=True))

# 'GRU, hard sigmoid', z, r, h.
kernel, recurrent, bias = numbers(10, D, 3 * H), numbers(11, H, 3 * H), numbers(12, 3 * H)
first = []
for at, gate in enumerate("zrh"):
    columns = slice(at * H, (at + 1) * H)
    first += [(f"gru_1_W_{gate}", kernel[:, columns]), (f"gru_1_U_{gate}", recurrent[:, columns]),
              (f"gru_1_b_{gate}", bias[columns])]
one = [layer("GRU", "gru_1", first, output_dim=H, inner_activation="hard_sigmoid", return_sequences=True,
             batch_input_shape=[None, T, D])]
write_h5("keras1-gru.h5", one, "1.2.2", sequential(one, as_list=True))


# CuDNN: each gate's block transposed, the bias in two halves. 'LSTM'.
def cudnn(kernel, gates, function):
    return np.hstack([function(block) for block in np.hsplit(kernel, gates)])


kernel, recurrent, bias = numbers(10, D, 4 * H), numbers(11, H, 4 * H), numbers(12, 4 * H)
one = [layer("CuDNNLSTM", "cu_dnnlstm", [
    ("cu_dnnlstm/kernel:0", cudnn(kernel, 4, lambda k: k.T.reshape(k.shape, order="C"))),
    ("cu_dnnlstm/recurrent_kernel:0", cudnn(recurrent, 4, lambda k: k.T)),
    ("cu_dnnlstm/bias:0", np.tile(0.5 * bias, 2).astype(np.float32)),
], units=H, batch_input_shape=[None, T, D])]
write_h5("keras2-cudnn.h5", one, "2.2.4", sequential(one))

# Keras 3 as .h5, whose names have no ending: 'Bidirectional, concat'.
weights = []
for i, way in enumerate(("forward_lstm", "backward_lstm")):
    for j, (part, shape) in enumerate((("kernel", (D, 4 * H)), ("recurrent_kernel", (H, 4 * H)), ("bias", (4 * H,)))):
        weights.append((f"sequential/bidirectional/{way}/lstm_cell/{part}", numbers(10 + 3 * i + j, *shape)))
inner = {"module": "keras.layers", "class_name": "LSTM", "registered_name": None,
         "config": {"name": "lstm", "units": H, "return_sequences": True, "activation": "tanh",
                    "recurrent_activation": "sigmoid", "use_bias": True}}
back = {**inner, "config": {**inner["config"], "name": "backward_lstm", "go_backwards": True}}
both = [
    layer("InputLayer", "input_layer", batch_shape=[None, None, D]),
    layer("Bidirectional", "bidirectional", weights, merge_mode="concat", layer=inner, backward_layer=back),
]
write_h5("keras3.h5", both, "3.6.0", sequential(both))
write_keras("bidirectional.keras", sequential(both), {
    "layers/bidirectional/forward_layer/cell/vars": [array for _, array in weights[:3]],
    "layers/bidirectional/backward_layer/cell/vars": [array for _, array in weights[3:]],
})

# .keras: 'Embedding with mask, GRU', with a Dropout that keeps a seed between them.
tokens = [
    layer("InputLayer", "input_layer", batch_shape=[None, T]),
    layer("Embedding", "my_words", input_dim=V, output_dim=D, mask_zero=True),
    layer("Dropout", "dropout", rate=0.2),
    layer("GRU", "my_gru", units=H, reset_after=False, recurrent_activation="sigmoid"),
]
write_keras("tokens.keras", sequential(tokens), {
    "layers/embedding/vars": [numbers(10, V, D)],
    "layers/dropout/seed_generator/vars": [np.array([1, 2], np.uint32)],
    "layers/gru/cell/vars": [numbers(11, D, 3 * H), numbers(12, H, 3 * H), numbers(13, 3 * H)],
})

# .keras, functional, a layer used twice: 'Dense' of x, added to itself.
def tensor(name, use=0):
    return {"class_name": "__keras_tensor__", "config": {"shape": [None, T, D], "keras_history": [name, use, 0]}}


shared = [
    {**plain(layer("InputLayer", "a", batch_shape=[None, T, D])), "name": "a", "inbound_nodes": []},
    {**plain(layer("Dense", "d", units=H, activation={"class_name": "function", "config": "relu"})), "name": "d",
     "inbound_nodes": [{"args": [tensor("a")], "kwargs": {}}, {"args": [tensor("a")], "kwargs": {}}]},
    {**plain(layer("Add", "sum")), "name": "sum",
     "inbound_nodes": [{"args": [[tensor("d"), tensor("d", 1)]], "kwargs": {}}]},
]
write_keras("functional.keras", {"class_name": "Functional", "config": {
    "name": "functional", "layers": shared, "input_layers": ["a", 0, 0], "output_layers": ["sum", 0, 0]}},
    {"layers/dense/vars": [numbers(10, D, H), numbers(11, H)]})
