"""ONNX Runtime: forward only, with all arrays bound beforehand."""
import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

OPERATORS = {"lstm": ("LSTM", 4), "gru": ("GRU", 3), "tanh": ("RNN", 1)}
IR_VERSION, OPSET = 8, 17  # that every release of the last years reads


def recurrent_model(row, random):
    """One operator; the weights are constants, so that the runtime may pack them once."""
    operator, gates = OPERATORS[row["cell"]]
    inputs, hidden, steps, batch = row["input"], row["hidden"], row["steps"], row["batch"]
    weights = {"W": (1, gates * hidden, inputs), "R": (1, gates * hidden, hidden),
               "B": (1, 2 * gates * hidden)}
    states = ["h", "c"] if row["cell"] == "lstm" else ["h"]
    attributes = {"linear_before_reset": 1} if row["cell"] == "gru" else {}
    node = helper.make_node(operator, ["x", "W", "R", "B", "", *[f"{s}_in" for s in states]],
                            ["y", *[f"{s}_out" for s in states]], hidden_size=hidden, **attributes)

    def value(name, shape):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    state = (1, batch, hidden)
    graph = helper.make_graph(
        [node], "layer",
        [value("x", (steps, batch, inputs)), *[value(f"{s}_in", state) for s in states]],
        [value("y", (steps, 1, batch, hidden)), *[value(f"{s}_out", state) for s in states]],
        [numpy_helper.from_array(0.1 * random.standard_normal(shape, dtype=np.float32), name)
         for name, shape in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)],
                              ir_version=IR_VERSION)
    return model.SerializeToString(), states


class Rival:
    """What worker.py asks of a framework."""

    def __init__(self, threads):
        self.version = onnxruntime.__version__
        self.threads = threads
        self.random = np.random.default_rng(1)

    def session(self, row):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        model, states = recurrent_model(row, self.random)
        providers = ["CPUExecutionProvider"]
        return onnxruntime.InferenceSession(model, options, providers=providers), states

    def forward(self, row):
        """Two bindings that swap the states, so that each call goes on where the last one ended."""
        session, states = self.session(row)
        batch, hidden = row["batch"], row["hidden"]

        def array(*shape):
            values = self.random.standard_normal(shape, dtype=np.float32)
            return onnxruntime.OrtValue.ortvalue_from_numpy(values)

        x = array(row["steps"], batch, row["input"])
        y = array(row["steps"], 1, batch, hidden)
        kept = [{s: array(1, batch, hidden) for s in states} for _ in range(2)]
        bindings = []
        for before, after in (kept, kept[::-1]):
            binding = session.io_binding()
            binding.bind_ortvalue_input("x", x)
            binding.bind_ortvalue_output("y", y)
            for s in states:
                binding.bind_ortvalue_input(f"{s}_in", before[s])
                binding.bind_ortvalue_output(f"{s}_out", after[s])
            bindings.append(binding)

        def call():
            session.run_with_iobinding(bindings[0])
            bindings.reverse()

        return {"forward_us": call}

    layer = step = forward
