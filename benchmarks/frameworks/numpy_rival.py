"""The training step of one layer written out in NumPy."""
import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class Lstm:
    """Gates in the order i, f, o, g. Shapes: a (N, 4H), h and c (N, H)."""

    gates = 4

    def start(self, batch, hidden):
        return np.zeros((2, batch, hidden), np.float32)

    def forward(self, a, state):
        hidden = a.shape[1] // 4
        sigma, g = sigmoid(a[:, :3 * hidden]), np.tanh(a[:, 3 * hidden:])
        i, f, o = np.split(sigma, 3, axis=1)
        c = f * state[1] + i * g
        tanh_c = np.tanh(c)
        return np.stack([o * tanh_c, c]), (i, f, o, g, state[1], tanh_c)

    def backward(self, saved, dh, dc):
        i, f, o, g, c_before, tanh_c = saved
        dc = dc + dh * o * (1 - tanh_c * tanh_c)
        da = np.concatenate([dc * g * i * (1 - i), dc * c_before * f * (1 - f),
                             dh * tanh_c * o * (1 - o), dc * i * (1 - g * g)], axis=1)
        return da, dc * f


class Tanh:
    """Shapes: a and h (N, H)."""

    gates = 1

    def start(self, batch, hidden):
        return np.zeros((1, batch, hidden), np.float32)

    def forward(self, a, state):
        h = np.tanh(a)
        return h[None], h

    def backward(self, h, dh, dc):
        return dh * (1 - h * h), dc


class Model:
    """Embedding, one layer, softmax over the vocabulary; clipping and SGD."""

    def __init__(self, row):
        random = np.random.default_rng(1)
        self.row = row
        self.cell = Lstm() if row["cell"] == "lstm" else Tanh()
        inputs, hidden, words = row["embedding"], row["hidden"], row["vocabulary"]

        def weights(*shape):
            return random.standard_normal(shape, dtype=np.float32) / np.float32(np.sqrt(shape[0]))

        gates = self.cell.gates * hidden
        self.embedding = random.standard_normal((words, inputs), dtype=np.float32)
        self.w_x, self.w_h = weights(inputs, gates), weights(hidden, gates)
        self.w_y = weights(hidden, words)
        self.b, self.b_y = np.zeros(gates, np.float32), np.zeros(words, np.float32)
        self.state = self.cell.start(row["batch"], hidden)

    def update(self, tokens, targets):
        """tokens, targets (T, N)."""
        steps, batch = tokens.shape
        hidden = self.row["hidden"]
        x = self.embedding[tokens.ravel()]
        a = (x @ self.w_x + self.b).reshape(steps, batch, -1)
        h_before = np.empty((steps, batch, hidden), np.float32)
        h = np.empty_like(h_before)
        saved, state = [], self.state
        for t in range(steps):
            h_before[t] = state[0]
            a[t] += state[0] @ self.w_h
            state, kept = self.cell.forward(a[t], state)
            h[t] = state[0]
            saved.append(kept)
        self.state = state

        flat = h.reshape(-1, hidden)
        p = flat @ self.w_y
        p += self.b_y
        p -= p.max(axis=1, keepdims=True)
        np.exp(p, out=p)
        p /= p.sum(axis=1, keepdims=True)
        at = np.arange(len(p)), targets.ravel()
        loss = -np.log(p[at]).mean()
        p[at] -= 1
        p /= len(p)

        d_y, db_y = flat.T @ p, p.sum(axis=0)
        dh_all = (p @ self.w_y.T).reshape(steps, batch, hidden)
        da = a  # the pre-activations are not needed any more
        dh, dc = np.zeros((2, batch, hidden), np.float32)
        for t in reversed(range(steps)):
            da[t], dc = self.cell.backward(saved[t], dh_all[t] + dh, dc)
            dh = da[t] @ self.w_h.T
        da = da.reshape(steps * batch, -1)
        words, inverse = np.unique(tokens.ravel(), return_inverse=True)
        d_embedding = np.zeros((len(words), x.shape[1]), np.float32)
        np.add.at(d_embedding, inverse, da @ self.w_x.T)
        gradients = [(self.w_x, x.T @ da), (self.w_h, h_before.reshape(-1, hidden).T @ da),
                     (self.b, da.sum(axis=0)), (self.w_y, d_y), (self.b_y, db_y)]

        rate, clip = self.row["learning_rate"], self.row["clip_norm"]
        if clip > 0:
            square = sum(np.vdot(d, d) for _, d in gradients) + np.vdot(d_embedding, d_embedding)
            rate *= min(1.0, clip / float(np.sqrt(square)))
        for value, d in gradients:
            d *= np.float32(rate)
            value -= d
        self.embedding[words] -= np.float32(rate) * d_embedding
        return loss


class Rival:
    """What worker.py asks of a framework."""

    def __init__(self, threads):
        self.version = np.__version__  # its BLAS takes the threads from the environment

    def product(self, row):
        random = np.random.default_rng(1)

        def operand(rows, columns, transposed):
            shape = (columns, rows) if transposed else (rows, columns)
            storage = random.standard_normal(shape, dtype=np.float32)
            return storage.T if transposed else storage

        a = operand(row["m"], row["k"], row["a_transposed"])
        b = operand(row["k"], row["n"], row["b_transposed"])
        c = np.empty((row["m"], row["n"]), np.float32)
        return {"forward_us": lambda: np.matmul(a, b, out=c)}

    def training(self, row):
        model = Model(row)
        steps = row["steps"]
        random = np.random.default_rng(2)
        text = random.integers(row["vocabulary"], size=(64 * steps + 1, row["batch"]))
        window = 0

        def update():
            nonlocal window
            at = window * steps
            window = (window + 1) % 64
            model.update(text[at:at + steps], text[at + 1:at + 1 + steps])

        return update, lambda: None
