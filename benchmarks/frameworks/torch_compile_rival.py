"""PyTorch with torch.compile, where there is something that it compiles.

That is the cell of a single step, and the output layer and the loss of a training step. nn.LSTM,
GRU and RNN it leaves as they are. Compiled as a whole, the model is cut at these; a step then took
the same time (PTB) or a fifth more (1,000-word lesson).
"""
import torch
import torch_rival


def compiled(function):
    # What was compiled for another row would make the shapes of this one dynamic, which is slower.
    torch.compiler.reset()
    return torch.compile(function)


class Rival(torch_rival.Rival):
    def cell(self, module):
        return compiled(module)

    def loss_of(self, model):
        return compiled(model.loss)
