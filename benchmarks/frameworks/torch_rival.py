"""PyTorch as its documentation writes it, eager: without torch.compile."""
import torch
from torch import nn

LAYERS = {"lstm": nn.LSTM, "gru": nn.GRU, "tanh": nn.RNN}
CELLS = {"lstm": nn.LSTMCell, "gru": nn.GRUCell}  # a quarter of the time of a layer's one step


def detached(state):
    return tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()


class LanguageModel(nn.Module):
    """Embedding, network, output layer, cross entropy."""

    def __init__(self, row):
        super().__init__()
        self.embedding = nn.Embedding(row["vocabulary"], row["embedding"])
        self.drop = nn.Dropout(row["dropout"])
        self.rnn = LAYERS[row["cell"]](row["embedding"], row["hidden"], row["layers"],
                                       dropout=row["dropout"])
        self.output = nn.Linear(row["hidden"], row["vocabulary"])

    def features(self, tokens, state):
        return self.rnn(self.drop(self.embedding(tokens)), state)

    def loss(self, features, targets):
        logits = self.output(self.drop(features))
        return nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())


class Rival:
    """What worker.py asks of a framework."""

    def __init__(self, threads):
        self.version = torch.__version__.split("+")[0]
        torch.set_num_threads(threads)
        torch.manual_seed(1)

    def product(self, row):
        def operand(rows, columns, transposed):
            return torch.randn(columns, rows).T if transposed else torch.randn(rows, columns)

        a = operand(row["m"], row["k"], row["a_transposed"])
        b = operand(row["k"], row["n"], row["b_transposed"])
        c = torch.empty(row["m"], row["n"])
        return {"forward_us": lambda: torch.mm(a, b, out=c)}

    def layer(self, row):
        module = LAYERS[row["cell"]](row["input"], row["hidden"])
        x = torch.randn(row["steps"], row["batch"], row["input"])
        dy = torch.randn(row["steps"], row["batch"], row["hidden"])

        def forward():
            with torch.inference_mode():
                module(x)

        def forward_backward():
            leaf = x.detach().requires_grad_()
            module.zero_grad(set_to_none=True)
            module(leaf)[0].backward(dy)

        return {"forward_us": forward, "forward_backward_us": forward_backward}

    def step(self, row):
        module = self.cell(CELLS[row["cell"]](row["input"], row["hidden"]))
        x = torch.randn(1, row["input"])
        state = None

        def forward():
            nonlocal state
            with torch.inference_mode():
                state = module(x, state)

        return {"forward_us": forward}

    # What torch_compile_rival.py compiles.
    def cell(self, module):
        return module

    def loss_of(self, model):
        return model.loss

    def training(self, row):
        model = LanguageModel(row)
        loss_of = self.loss_of(model)
        parameters = list(model.parameters())
        optimizer = torch.optim.SGD(parameters, lr=row["learning_rate"])
        steps, batch = row["steps"], row["batch"]
        text = torch.randint(row["vocabulary"], (64 * steps + 1, batch))
        weight = steps if row["reduction"] == "batch" else 1
        state, window = None, 0

        def update():
            nonlocal state, window
            at = window * steps
            window = (window + 1) % 64
            optimizer.zero_grad(set_to_none=True)
            features, state = model.features(text[at:at + steps], state)
            state = detached(state)
            (weight * loss_of(features, text[at + 1:at + 1 + steps])).backward()
            if row["clip_norm"] > 0:
                nn.utils.clip_grad_norm_(parameters, row["clip_norm"], foreach=True)
            optimizer.step()

        return update, lambda: None
