#!/usr/bin/env python3
"""Measures unroll beside PyTorch, ONNX Runtime, JAX and NumPy in one run.

Products, layers, single time steps, whole training steps and peak memory, with one thread and with two. Each
framework runs in a process of its own; row by row all of them measure in turn, several rounds, and
the medians are printed. A ratio above 1 says how many times faster unroll is; of memory it is
unroll's share. PyTorch is there twice: as it is (eager), and with torch.compile where that has
something to compile. The frameworks are installed with pip into build/benchmarks/venv; one that cannot
be had is skipped.

Build first:
  cmake --preset release -DUNROLL_BUILD_BENCHMARKS=ON && cmake --build --preset release
"""
import argparse
import json
import os
import pathlib
import platform
import re
import statistics
import sys
import time

import environment
from frameworks import processes, rows, table

# Name: label, packages, kinds of rows.
FRAMEWORKS = {
    "torch": ("PyTorch", ["torch", "numpy"], {"product", "layer", "step", "training"}),
    # It leaves the recurrent layers as they are.
    "torch_compile": ("torch.compile", ["torch", "numpy"], {"step", "training"}),
    "onnxruntime": ("ONNX Rt", ["onnxruntime", "onnx", "numpy"], {"layer", "step"}),
    "jax": ("JAX", ["jax", "numpy"], {"layer", "step", "training"}),
    "numpy": ("NumPy", ["numpy"], {"product", "training"}),
}
LABELS = {name: label for name, (label, _, _) in FRAMEWORKS.items()} | {"unroll": "unroll"}
PAUSE = 0.05  # seconds between measurements, in which the last process's threads fall asleep


def complain(text):
    print(text, file=sys.stderr, flush=True)


def rivals_of(row, names):
    chosen = [n for n in names if row["kind"] in FRAMEWORKS[n][2]]
    return [n for n in chosen if n != "numpy" or row.get("numpy", True)]


def interleaved(row, sides, rounds, seconds):
    """{side: {key: the measurements of all rounds}} and {side: why it has none}."""
    results, errors, ready = {}, {}, {}
    for name, side in sides.items():
        try:
            side.prepare(row)
            ready[name] = side
        except (processes.MeasurementError, OSError) as error:
            errors[name] = str(error)
    for number in range(rounds):
        order = list(ready)
        shift = number % max(1, len(order))
        for name in order[shift:] + order[:shift]:
            time.sleep(PAUSE)
            try:
                for key, value in ready[name].measure(seconds).items():
                    results.setdefault(name, {}).setdefault(key, []).append(value)
            except processes.MeasurementError as error:
                errors[name] = str(error)
                results.pop(name, None)
                del ready[name]
    for side in ready.values():
        side.drop()
    return results, errors


def gflops(row, key, medians):
    """unroll's, by the count of operations that the rows have; training_steps counts its own."""
    if row["kind"] == "training":
        return medians.get("gflops")
    passes = 3 if key == "forward_backward_us" else 1
    return passes * row["operations"] / medians[key] * 1e-3 if key in medians else None


def report(row, threads, results, errors, shown, record):
    """Prints a row and keeps it for --json."""
    medians = {name: {key: statistics.median(values) for key, values in of_side.items()}
               for name, of_side in results.items()}
    for name, why in errors.items():
        complain(f"{row['name']}, {LABELS[name]}: {why}")
    if row["kind"] == "training":
        keys, unit = ["words_per_second"], "words"
    else:
        keys, unit = ["forward_us"] + ["forward_backward_us"] * (row["kind"] == "layer"), "us"
    for key in keys:
        rate = gflops(row, key, medians.get("unroll", {}))
        print(table.line(row, key, unit, medians, rate, shown), flush=True)
        record.append({"kind": row["kind"], "name": row["name"], "threads": threads, "measure": key,
                       "unroll_gflops": rate, "errors": errors,
                       "medians": {n: m[key] for n, m in medians.items() if key in m},
                       "rounds": {n: r[key] for n, r in results.items() if key in r}})


def measure_memory(row, threads, make, names, shown, record):
    """Peaks of fresh processes that do nothing but train this row."""
    results, errors = {}, {}
    for name in ["unroll", *names]:
        try:
            side = make(name, threads)
            try:
                side.prepare(row)
                side.measure(0.5)
                results[name] = {"peak_memory_bytes": side.peak_memory_bytes()}
            finally:
                side.close()
        except (processes.MeasurementError, OSError) as error:
            errors[name] = str(error)
            complain(f"{row['name']}, memory, {LABELS[name]}: {error}")
    print(table.line(row, "peak_memory_bytes", "bytes", results, None, shown), flush=True)
    record.append({"kind": "memory", "name": row["name"], "threads": threads, "errors": errors,
                   "measure": "peak_memory_bytes",
                   "medians": {n: r["peak_memory_bytes"] for n, r in results.items()}})


def start(names, make, threads, versions):
    """The processes of unroll and of all frameworks that start."""
    sides = {"unroll": make("unroll", threads)}
    for name in names:
        try:
            sides[name] = make(name, threads)
            versions[LABELS[name]] = sides[name].version
        except processes.MeasurementError as error:
            complain(f"{LABELS[name]}: skipped, {error}")
    return sides


def compare(arguments, names, make):
    """Prints all sections; returns what --json holds."""
    chosen = [row for row in rows.ROWS if re.search(arguments.rows, row["name"])]
    rounds, seconds = (2, 0.05) if arguments.quick else (arguments.rounds, arguments.seconds)
    record, versions = [], {}
    for threads in arguments.threads:
        sides = start(names, make, threads, versions)
        running = [n for n in names if n in sides]
        try:
            for kind in ("product", "layer", "step", "training"):
                of_kind = [row for row in chosen if row["kind"] == kind]
                shown = [n for n in running if any(n in rivals_of(row, running) for row in of_kind)]
                if of_kind:
                    print(table.heading(kind, threads, shown, LABELS), flush=True)
                for row in of_kind:
                    active = {n: sides[n] for n in ["unroll", *rivals_of(row, running)]}
                    results, errors = interleaved(row, active, rounds, seconds)
                    report(row, threads, results, errors, shown, record)
        finally:
            for side in sides.values():
                side.close()
        of_memory = [row for row in chosen if row.get("memory")]
        if of_memory:
            shown = [n for n in running if n in ("torch", "jax")]
            print(table.heading("memory", threads, shown, LABELS), flush=True)
        for row in of_memory:
            measure_memory(row, threads, make, shown, shown, record)
    print("\n" + ", ".join(f"{label} {version}" for label, version in versions.items()))
    return {"versions": versions, "machine": platform.machine(), "processors": os.cpu_count(),
            "rounds": rounds, "seconds": seconds, "rows": record}


def find_frameworks(arguments):
    """The Python to run them with, and the names of those that are there."""
    names = [n for n in FRAMEWORKS if n not in arguments.without]
    packages = list(dict.fromkeys(p for n in names for p in FRAMEWORKS[n][1]))
    if arguments.python:
        python = arguments.python
        reasons = {p: f"{python} has no {p}" for p in environment.missing_modules(python, packages)}
    else:
        python, reasons = environment.make(packages)
    for name in list(names):
        lacking = [p for p in FRAMEWORKS[name][1] if p in reasons]
        if lacking:
            complain(f"{LABELS[name]}: skipped, {reasons[lacking[0]]}")
            names.remove(name)
    return python, names


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--without", action="append", default=[], metavar="NAME",
                        choices=FRAMEWORKS, help=f"leave out: {', '.join(FRAMEWORKS)}")
    parser.add_argument("--rows", default="", metavar="REGEX",
                        help="only the rows whose name matches")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--seconds", type=float, default=0.4, metavar="X",
                        help="of a framework's measurement in a round (default 0.4)")
    parser.add_argument("--quick", action="store_true", help="two rounds of 0.05 s: a glance")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write all measurements")
    parser.add_argument("--build", type=pathlib.Path, metavar="DIR",
                        default=environment.ROOT / "build" / "release",
                        help="where unroll was built (default build/release)")
    parser.add_argument("--isa", choices=processes.ISAS, metavar="NAME",
                        help="cap every side at this instruction set: avx2")
    parser.add_argument("--python", metavar="FILE",
                        help="a Python that has the frameworks; then none is installed")
    arguments = parser.parse_args()
    for program in ("unroll", "benchmarks/products", "benchmarks/training_steps"):
        if not (arguments.build / program).exists():
            sys.exit(f"{arguments.build / program} is missing; {__doc__.split('Build first:')[1]}")
    os.environ.update(processes.ISAS.get(arguments.isa, {}))
    python, names = find_frameworks(arguments)
    if os.getloadavg()[0] > 0.5:
        complain(f"the machine is busy (load {os.getloadavg()[0]:.1f}): the figures will be off, "
                 "above all those of several threads")

    def make(name, threads):
        if name == "unroll":
            return processes.Unroll(arguments.build.resolve(), threads)
        return processes.Framework(name, python, threads)

    result = compare(arguments, names, make)
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
