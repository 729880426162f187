"""What is measured: the rows of the table."""
import pathlib
import tomllib

RECIPES = pathlib.Path(__file__).resolve().parents[2] / "recipes"
GATES = {"lstm": 4, "gru": 3, "tanh": 1}
LABELS = {"lstm": "LSTM", "gru": "GRU", "tanh": "tanh RNN"}


def layer(cell, steps, batch, hidden):
    """One layer with as many inputs as units. Operations: 2·T·N·G·H·(I+H) forward."""
    return {"kind": "layer", "name": f"{LABELS[cell]} T{steps} N{batch} H{hidden}", "cell": cell,
            "steps": steps, "batch": batch, "input": hidden, "hidden": hidden,
            "operations": 2 * steps * batch * GATES[cell] * hidden * 2 * hidden}


def step(cell, inputs, hidden):
    """One time step of one row with its state carried on, as for audio."""
    return {"kind": "step", "name": f"{LABELS[cell]} I{inputs} H{hidden}", "cell": cell, "steps": 1,
            "batch": 1, "input": inputs, "hidden": hidden,
            "operations": 2 * GATES[cell] * hidden * (inputs + hidden)}


def product(name, m, k, n, a_transposed=False, b_transposed=False, packed=False):
    """C (M, N) = A (M, K) B (K, N). Transposed: kept as (K, M), (N, K). Packed: B was, before."""
    return {"kind": "product", "name": name, "m": m, "k": k, "n": n, "packed": packed,
            "a_transposed": a_transposed, "b_transposed": b_transposed, "operations": 2 * m * k * n}


def training(name, recipe, cell, vocabulary, with_numpy=False, memory=False):
    """An update of a language model: the recipe's settings with another cell, if need be."""
    path = RECIPES / f"{recipe}.toml"
    settings = tomllib.loads(path.read_text(encoding="utf-8"))
    row = {key: settings[key] for key in ("hidden", "layers", "embedding", "batch", "reduction",
                                          "clip_norm", "learning_rate")}
    return row | {"kind": "training", "name": name, "recipe": str(path), "cell": cell,
                  "steps": settings["bptt"], "dropout": settings.get("dropout", 0.0),
                  "vocabulary": vocabulary, "numpy": with_numpy, "memory": memory}


ROWS = [
    # x W_ihᵀ, dW and h W_hhᵀ of LSTM T35 N20 H650; the last also as the time loop has it.
    product("700x650x2600", 700, 650, 2600, b_transposed=True),
    product("2600x700x650", 2600, 700, 650, a_transposed=True),
    product("20x650x2600", 20, 650, 2600, b_transposed=True),
    product("20x650x2600, packed", 20, 650, 2600, b_transposed=True, packed=True),
    *[layer("lstm", *shape)
      for shape in [(35, 20, 200), (35, 20, 650), (25, 16, 512), (35, 20, 1500), (5, 10, 100),
                    (100, 1, 128), (150, 1, 256)]],
    *[layer(cell, *shape)
      for cell in ("gru", "tanh")
      for shape in [(35, 20, 200), (25, 16, 512), (35, 20, 650), (5, 10, 100)]],
    step("lstm", 128, 128), step("lstm", 1, 40), step("gru", 128, 128),
    training("PTB small, LSTM", "zaremba-small", "lstm", 10000, memory=True),
    training("PTB small, GRU", "zaremba-small", "gru", 10000),
    training("PTB medium, LSTM", "zaremba-medium", "lstm", 10000, memory=True),
    training("ptb-chapter6, LSTM", "ptb-chapter6", "lstm", 10000, with_numpy=True),
    training("ptb-lesson, tanh RNN", "ptb-lesson", "tanh", 418, with_numpy=True),
]
