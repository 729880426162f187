"""JAX: lax.scan over the steps, everything in one jitted function."""
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

GATES = {"lstm": 4, "gru": 3, "tanh": 1}


def cell(kind, weights, state, a):
    """One step: a (N, G·H) is the share of the input with its bias, state (h,) or (h, c)."""
    h = state[0]
    b = h @ weights["w_h"]
    if kind == "tanh":
        return (jnp.tanh(a + b),)
    if kind == "lstm":
        i, f, g, o = jnp.split(a + b, 4, axis=1)
        c = jax.nn.sigmoid(f) * state[1] + jax.nn.sigmoid(i) * jnp.tanh(g)
        return jax.nn.sigmoid(o) * jnp.tanh(c), c
    a_r, a_z, a_n = jnp.split(a, 3, axis=1)
    b_r, b_z, b_n = jnp.split(b, 3, axis=1)
    n = jnp.tanh(a_n + jax.nn.sigmoid(a_r + b_r) * (b_n + weights["b_h"]))
    z = jax.nn.sigmoid(a_z + b_z)
    return ((1 - z) * n + z * h,)


def recurrence(kind, weights, x, state):
    """x (T, N, I) -> h (T, N, H) and the final state; the inputs of all steps in one product."""
    a = x @ weights["w_x"] + weights["b"]

    def body(state, a_t):
        state = cell(kind, weights, state, a_t)
        return state, state[0]

    # Of 1, 2, 5 and all steps in one body, 5 was fastest on the whole: 1.7 times 1 at T = 5.
    state, h = lax.scan(body, state, a, unroll=min(5, len(a)))
    return h, state


def layer_weights(random, kind, inputs, hidden):
    gates = GATES[kind] * hidden
    scale = hidden ** -0.5
    shapes = {"w_x": (inputs, gates), "w_h": (hidden, gates), "b": (gates,)}
    if kind == "gru":
        shapes["b_h"] = (hidden,)
    return {name: jnp.asarray(random.uniform(-scale, scale, shape).astype(np.float32))
            for name, shape in shapes.items()}


def zero_state(kind, batch, hidden):
    return tuple(jnp.zeros((batch, hidden)) for _ in range(2 if kind == "lstm" else 1))


def dropped(key, rate, x):
    keep = jax.random.bernoulli(key, 1 - rate, x.shape)
    return jnp.where(keep, x / (1 - rate), 0)


def loss_of(parameters, row, tokens, targets, states, key):
    """Mean of the cross entropy, and the final states of all layers."""
    keys = jax.random.split(key, row["layers"] + 1)
    rate = row["dropout"]
    y = parameters["embedding"][tokens]
    finals = []
    layers = zip(parameters["layers"], states, keys[:-1], strict=True)
    for weights, state, layer_key in layers:
        y = dropped(layer_key, rate, y) if rate else y
        y, final = recurrence(row["cell"], weights, y, state)
        finals.append(final)
    y = dropped(keys[-1], rate, y) if rate else y
    logits = y @ parameters["w_y"] + parameters["b_y"]
    target = jnp.take_along_axis(logits, targets[..., None], axis=2)[..., 0]
    return (jax.nn.logsumexp(logits, axis=2) - target).mean(), finals


class Rival:
    """What worker.py asks of a framework; the threads are set by the environment (processes.py)."""

    def __init__(self, threads):
        self.version = jax.__version__
        self.random = np.random.default_rng(1)

    def array(self, *shape):
        return jnp.asarray(self.random.standard_normal(shape).astype(np.float32))

    def layer(self, row):
        kind = row["cell"]
        weights = layer_weights(self.random, kind, row["input"], row["hidden"])
        state = zero_state(kind, row["batch"], row["hidden"])
        x = self.array(row["steps"], row["batch"], row["input"])
        dy = self.array(row["steps"], row["batch"], row["hidden"])

        @jax.jit
        def forward(weights, x):
            return recurrence(kind, weights, x, state)[0]

        @jax.jit
        def forward_backward(weights, x, dy):
            y, backward = jax.vjp(lambda w, x: recurrence(kind, w, x, state)[0], weights, x)
            return y, backward(dy)

        return {"forward_us": lambda: forward(weights, x).block_until_ready(),
                "forward_backward_us":
                    lambda: jax.block_until_ready(forward_backward(weights, x, dy))}

    def step(self, row):
        kind = row["cell"]
        weights = layer_weights(self.random, kind, row["input"], row["hidden"])
        state = zero_state(kind, 1, row["hidden"])
        x = self.array(1, row["input"])

        @jax.jit
        def advance(weights, x, state):
            return cell(kind, weights, state, x @ weights["w_x"] + weights["b"])

        def call():
            nonlocal state
            state = jax.block_until_ready(advance(weights, x, state))

        return {"forward_us": call}

    def training(self, row):
        kind, hidden, words = row["cell"], row["hidden"], row["vocabulary"]
        sizes = [row["embedding"]] + [hidden] * (row["layers"] - 1)
        parameters = {"embedding": self.array(words, row["embedding"]),
                      "layers": [layer_weights(self.random, kind, size, hidden) for size in sizes],
                      "w_y": 0.1 * self.array(hidden, words), "b_y": jnp.zeros(words)}
        states = [zero_state(kind, row["batch"], hidden) for _ in sizes]
        steps = row["steps"]
        text = jnp.asarray(self.random.integers(words, size=(64 * steps + 1, row["batch"])))
        weight = steps if row["reduction"] == "batch" else 1

        @partial(jax.jit, donate_argnums=(0, 1, 2))
        def train(parameters, states, key, at):
            key, mask_key = jax.random.split(key)
            tokens = lax.dynamic_slice_in_dim(text, at, steps)
            targets = lax.dynamic_slice_in_dim(text, at + 1, steps)

            def loss(p):
                mean, finals = loss_of(p, row, tokens, targets, states, mask_key)
                return weight * mean, finals

            (value, finals), gradients = jax.value_and_grad(loss, has_aux=True)(parameters)
            rate = row["learning_rate"]
            if row["clip_norm"] > 0:
                norm = jnp.sqrt(sum(jnp.vdot(g, g) for g in jax.tree.leaves(gradients)))
                rate *= jnp.minimum(1, row["clip_norm"] / norm)
            parameters = jax.tree.map(lambda p, g: p - rate * g, parameters, gradients)
            return parameters, finals, key, value

        run = (parameters, states, jax.random.key(1))
        window = 0

        def update():
            nonlocal run, window
            *run, _ = train(*run, window * steps)
            window = (window + 1) % 64

        return update, lambda: jax.block_until_ready(run)
