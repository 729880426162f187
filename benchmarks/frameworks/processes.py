"""The processes that measure: one for each framework, and unroll's programs."""
import contextlib
import json
import os
import pathlib
import subprocess
import tempfile

WORKER = pathlib.Path(__file__).resolve().parent / "worker.py"
CACHE = WORKER.parents[2] / "build" / "benchmarks" / "torchinductor"

# What caps unroll, oneDNN, PyTorch's own kernels and MKL at an instruction set, and OpenBLAS at a
# processor that has no better one.
ISAS = {"avx2": {"UNROLL_TARGET": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2",
                 "ATEN_CPU_CAPABILITY": "avx2", "MKL_ENABLE_INSTRUCTIONS": "AVX2",
                 "OPENBLAS_CORETYPE": "Zen"}}


class MeasurementError(Exception):
    """A row that could not be measured; one line says why."""


def environment(threads):
    """Of all processes, unroll's too. JAX: its pools take NPROC, its products the flag."""
    count = str(threads)
    flag = f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'}"
    return os.environ | {
        "OMP_NUM_THREADS": count, "OPENBLAS_NUM_THREADS": count, "MKL_NUM_THREADS": count,
        "NPROC": count, "XLA_FLAGS": flag, "JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": "",
        "TORCHINDUCTOR_CACHE_DIR": str(CACHE), "TORCHINDUCTOR_COMPILE_THREADS": "1"}


class Dialogue:
    """A process that answers each line with a line of JSON."""

    def __init__(self, command, threads):
        self.errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.errors, text=True, env=environment(threads))

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            said = self.errors.read().strip().splitlines()
            code = self.process.wait()
            raise MeasurementError(f"ended with {code}: {said[-1] if said else 'no message'}")
        answer = json.loads(line)
        if "error" in answer:
            raise MeasurementError(answer["error"])
        return answer

    def ask(self, line):
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # read() says why it ended
        return self.read()

    def close(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()


class Framework:
    """A framework in its worker."""

    def __init__(self, name, python, threads):
        self.dialogue = Dialogue([python, WORKER, name, str(threads)], threads)
        try:
            self.version = self.dialogue.read()["version"]
        except MeasurementError:
            self.dialogue.close()
            raise

    def order(self, do, **rest):
        return self.dialogue.ask(json.dumps({"do": do} | rest))

    def prepare(self, row):
        self.order("prepare", row=row)

    def measure(self, seconds):
        return self.order("measure", seconds=seconds)

    def drop(self):
        self.order("drop")

    def peak_memory_bytes(self):
        return self.order("memory")["peak_memory_bytes"]

    def close(self):
        self.dialogue.close()


class Unroll:
    """`unroll bench` for layers and single steps, programs of benchmarks/ for the others."""

    CELLS = {"lstm": ["lstm"], "gru": ["gru", "--reset", "after"], "tanh": ["elman"]}

    def __init__(self, build, threads):
        self.build, self.threads = build, threads
        self.row = self.program = self.peak = None

    def prepare(self, row):
        self.row = row
        if row["kind"] == "product":
            words = [str(row[size]) for size in ("m", "k", "n")]
            words += [f"--{flag.replace('_', '-')}"
                      for flag in ("a_transposed", "b_transposed", "packed") if row[flag]]
            self.program = Dialogue([self.build / "benchmarks" / "products", *words, "--threads",
                                     str(self.threads)], self.threads)
        if row["kind"] == "training":
            cell = self.CELLS[row["cell"]][0]
            self.program = Dialogue(
                [self.build / "benchmarks" / "training_steps", row["recipe"], "--cell", cell,
                 "--vocabulary", str(row["vocabulary"]), "--threads", str(self.threads), "--serve"],
                self.threads)
            self.measure(0)

    def measure(self, seconds):
        if self.program:
            answer = self.program.ask(str(seconds))
            self.peak = answer.get("peak_memory_bytes")
            return answer
        row = self.row
        command = [self.build / "unroll", "bench", "--json", "--cell", *self.CELLS[row["cell"]]]
        for option in ("steps", "batch", "input", "hidden"):
            command += [f"--{option}", str(row[option])]
        command += ["--layers", "1", "--threads", str(self.threads), "--seconds", str(seconds)]
        run = subprocess.run(command, capture_output=True, text=True,
                             env=environment(self.threads))
        if run.returncode != 0:
            said = run.stderr.strip().splitlines() or [f"ended with {run.returncode}"]
            raise MeasurementError(said[-1])
        result = json.loads(run.stdout)
        wanted = ["forward_us"] if row["kind"] == "step" else ["forward_us", "forward_backward_us"]
        return {key: result[key] for key in wanted}

    def drop(self):
        if self.program:
            self.program.close()
        self.row = self.program = None

    def peak_memory_bytes(self):
        return self.peak

    close = drop
