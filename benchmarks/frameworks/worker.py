"""One framework in a process of its own: carries out one order a line, answers with one line.

usage: worker.py {torch,torch_compile,onnxruntime,jax,numpy} THREADS

Orders and answers are JSON: {"do": "prepare", "row": …}, {"do": "measure", "seconds": …},
{"do": "drop"}, {"do": "memory"}. The first line that comes is the version.
"""
import gc
import importlib
import json
import os
import statistics
import sys
import time


def median_time(call, seconds):
    """Median time of a call in µs, over calls that together last `seconds`; at least three."""
    start = time.perf_counter()
    call()
    # Blocks of calls that last 0.2 ms, beside which reading the clock costs nothing.
    repeat = max(1, int(2e-4 / (time.perf_counter() - start)))
    times, begin = [], time.perf_counter()
    while len(times) < 3 or time.perf_counter() - begin < seconds:
        start = time.perf_counter()
        for _ in range(repeat):
            call()
        times.append((time.perf_counter() - start) / repeat)
    return statistics.median(times) * 1e6


def words_per_second(update, finish, words, seconds):
    """Mean rate of updates that together last `seconds`; at least two."""
    updates, begin = 0, time.perf_counter()
    while updates < 2 or time.perf_counter() - begin < seconds:
        update()
        updates += 1
    finish()
    return updates * words / (time.perf_counter() - begin)


def peak_memory_bytes():
    """Of this process alone: what getrusage says may be the parent's."""
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    raise OSError("/proc/self/status has no VmHWM")


class Worker:
    """The row that is being measured, and its calls."""

    def __init__(self, rival):
        self.rival, self.row, self.calls = rival, None, None

    def prepare(self, row):
        self.row = row
        self.calls = getattr(self.rival, row["kind"])(row)
        if row["kind"] == "training":
            update, finish = self.calls
            words_per_second(update, finish, 0, 0)
        else:
            for call in self.calls.values():
                median_time(call, 0)
        return {}

    def measure(self, seconds):
        if self.row["kind"] == "training":
            update, finish = self.calls
            words = self.row["steps"] * self.row["batch"]
            return {"words_per_second": words_per_second(update, finish, words, seconds)}
        return {name: median_time(call, seconds) for name, call in self.calls.items()}

    def drop(self):
        self.row = self.calls = None
        gc.collect()
        return {}

    def memory(self):
        return {"peak_memory_bytes": peak_memory_bytes()}


def main():
    name, threads = sys.argv[1], int(sys.argv[2])
    # Whatever the framework prints goes to standard error.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(message):
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    rival = importlib.import_module(f"{name}_rival").Rival(threads)
    worker = Worker(rival)
    answer({"version": rival.version})
    for line in sys.stdin:
        order = json.loads(line)
        try:
            answer(getattr(worker, order.pop("do"))(**order))
        except Exception as error:  # whatever it is, the table says so and goes on
            text = f"{type(error).__name__}: {error}".splitlines()[0]
            answer({"error": text})


if __name__ == "__main__":
    main()
