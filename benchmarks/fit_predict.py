#!/usr/bin/env python3
"""Times fit and predict of the default classifier here and in PyTorch, in one run.

usage: benchmarks/fit_predict.py DATA [--threads N] [--sets NAME ...]

DATA is a folder with ts/NAME/NAME_{TRAIN,TEST}.ts and series/digits.csv.gz. The program is
build/release/unroll; PyTorch is taken from this Python, or from a virtual environment that is made
in build/benchmarks. Both train the same model (bidirectional GRU of 64 units, last, mean and maximum
of its outputs, dropout 0.2, Adam 5e-3 with cosine decay, batches of 16, clipping at norm 1) for the
same number of epochs on the same sequences, and predict the test set. Of padded and packed
sequences PyTorch gets the faster one, timed on its first two epochs. Start-up is left out for
PyTorch (import, reading) and included here (process, reading, writing the model).
"""
import argparse
import gzip
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import environment

PROGRAM = environment.ROOT / "build" / "release" / "unroll"
ARCHIVE = ["ItalyPowerDemand", "JapaneseVowels", "GunPoint"]


def with_torch():
    """Runs this script again in a virtual environment that has PyTorch, unless this Python has it."""
    try:
        import torch  # noqa: F401
    except ImportError:
        python, failures = environment.make(["torch", "numpy"])
        if failures:
            sys.exit(f"PyTorch cannot be installed: {' '.join(failures.values())}")
        os.execv(python, [str(python), *sys.argv])


def read_ts(path):
    """[(channels × time values, label)] of a .ts file."""
    rows, data = [], False
    for line in open(path, encoding="utf-8"):
        line = line.strip()
        if line.lower() == "@data":
            data = True
        elif data and line:
            *channels, label = line.split(":")
            rows.append(([[float(x) for x in c.split(",")] for c in channels], label))
    return rows


def prepare(name, data, folder):
    """Files for the program, its extra options, and the same data for PyTorch."""
    if name == "digits":
        lines = gzip.open(data / "series" / "digits.csv.gz", "rt").read().split()
        random.Random(0).shuffle(lines)
        cut = len(lines) * 8 // 10
        files = []
        for part, chosen in (("train", lines[:cut]), ("test", lines[cut:])):
            files.append(folder / f"digits_{part}.csv")
            files[-1].write_text("\n".join(chosen) + "\n")

        def case(line):
            cells = line.split(",")
            values = [float(x) for x in cells[:64]]
            return [[values[t * 8 + c] for t in range(8)] for c in range(8)], cells[64]

        return files, ["--features-per-step", "8"], [[case(x) for x in lines[:cut]],
                                                     [case(x) for x in lines[cut:]]]
    files = [data / "ts" / name / f"{name}_{part}.ts" for part in ("TRAIN", "TEST")]
    return files, [], [read_ts(f) for f in files]


def ours(files, extra, threads, folder):
    """Seconds of fit, seconds of predict, and the result."""
    start = time.perf_counter()
    run = subprocess.run(
        [PROGRAM, "train", "classify", "--train", files[0], "--output", folder / "run", "--overwrite",
         "--valid-fraction", "0", "--threads", str(threads), "--quiet", "--json", *extra],
        check=True, capture_output=True, text=True)
    fit = time.perf_counter() - start
    start = time.perf_counter()
    subprocess.run([PROGRAM, "predict", folder / "run", files[1], "--labelled", "--threads",
                    str(threads), "--output", folder / "predictions.csv"], check=True)
    predict = time.perf_counter() - start
    result = json.loads(run.stdout)
    evaluation = subprocess.run([PROGRAM, "eval", folder / "run", files[1], "--json"], check=True,
                                capture_output=True, text=True)
    return fit, predict, result["epochs"], json.loads(evaluation.stdout)["accuracy"]


def torch_fit(data, epochs, threads):
    """The same in PyTorch: seconds of fit, of predict, accuracy, and which form it took."""
    import torch
    from torch import nn
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

    torch.set_num_threads(threads)
    torch.manual_seed(1)
    labels = sorted({label for _, label in data[0]})
    sequences = [[torch.tensor(x).T.contiguous() for x, _ in part] for part in data]
    targets = [torch.tensor([labels.index(label) for _, label in part]) for part in data]
    every = torch.cat(sequences[0])
    mean, scale = every.mean(0), every.std(0, unbiased=False)
    sequences = [[(x - mean) / scale for x in part] for part in sequences]

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.GRU(every.shape[1], 64, bidirectional=True, batch_first=True)
            self.head = nn.Linear(3 * 128, len(labels))
            self.drop = nn.Dropout(0.2)

        def forward(self, x, lengths, packed):
            if packed:
                y = self.rnn(pack_padded_sequence(x, lengths, batch_first=True,
                                                  enforce_sorted=False))[0]
                y = pad_packed_sequence(y, batch_first=True, total_length=x.shape[1])[0]
            else:
                y = self.rnn(x)[0]
            mask = (torch.arange(x.shape[1])[None] < lengths[:, None])[..., None]
            last = y[torch.arange(len(x)), lengths - 1]
            average = (y * mask).sum(1) / lengths[:, None]
            highest = y.masked_fill(~mask, -2).amax(1)
            return self.head(self.drop(torch.cat([last, average, highest], 1)))

    def batch(part, indices):
        chosen = [sequences[part][i] for i in indices]
        return (nn.utils.rnn.pad_sequence(chosen, batch_first=True),
                torch.tensor([len(x) for x in chosen]))

    model = Model()
    n = len(targets[0])
    per_epoch = (n + 15) // 16
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs * per_epoch)
    form, times = None, {}
    start = time.perf_counter()
    for epoch in range(epochs):
        packed = form if form is not None else epoch == 0
        begin = time.perf_counter()
        order = torch.randperm(n)
        for b in range(per_epoch):
            indices = order[b * 16:(b + 1) * 16]
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(*batch(0, indices), packed),
                                               targets[0][indices])
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        times[packed] = time.perf_counter() - begin
        if form is None and len(times) == 2:
            form = times[True] < times[False]
    # What the slower form cost in its one epoch is not charged.
    fit = time.perf_counter() - start - max(0, times[not form] - times[form])
    start = time.perf_counter()
    model.eval()
    with torch.no_grad():
        answers = torch.cat([model(*batch(1, range(i, min(i + 64, len(targets[1])))), form).argmax(1)
                             for i in range(0, len(targets[1]), 64)])
    predict = time.perf_counter() - start
    return fit, predict, (answers == targets[1]).float().mean().item(), "packed" if form else "padded"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=pathlib.Path, help="folder with ts/ and series/")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--sets", nargs="+", default=[*ARCHIVE, "digits"])
    arguments = parser.parse_args()
    if not PROGRAM.exists():
        sys.exit(f"{PROGRAM} is missing; run scripts/quickstart first")
    with_torch()
    print(f"{'set':<18}{'epochs':>7}{'here, s':>10}{'torch, s':>10}{'ratio':>8}"
          f"{'accuracy':>10}{'torch':>8}  form")
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for name in arguments.sets:
            files, extra, data = prepare(name, arguments.data, folder)
            fit, predict, epochs, accuracy = ours(files, extra, arguments.threads, folder)
            theirs = torch_fit(data, epochs, arguments.threads)
            here, there = fit + predict, theirs[0] + theirs[1]
            print(f"{name:<18}{epochs:>7}{here:>10.2f}{there:>10.2f}{there / here:>8.1f}"
                  f"{accuracy:>10.4f}{theirs[2]:>8.4f}  {theirs[3]}", flush=True)


if __name__ == "__main__":
    main()
