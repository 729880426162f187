"""A virtual environment in build/benchmarks with what unroll is compared with."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "benchmarks" / "venv"


def missing_modules(python, modules):
    """Those of `modules` that this Python cannot find."""
    script = ("import importlib.util, sys\n"
              "print(*[m for m in sys.argv[1:] if importlib.util.find_spec(m) is None])")
    found = subprocess.run([python, "-c", script, *modules], check=True, capture_output=True,
                           text=True)
    return found.stdout.split()


def make(packages):
    """The environment's Python and {package: why it could not be installed}."""
    python = FOLDER / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", FOLDER], check=True)
    failures = {}
    for package in missing_modules(python, packages):
        print(f"installing {package} into {FOLDER}", file=sys.stderr, flush=True)
        pip = subprocess.run([python, "-m", "pip", "install", "--quiet",
                              "--disable-pip-version-check", package],
                             capture_output=True, text=True)
        if pip.returncode != 0:
            lines = pip.stderr.strip().splitlines()
            failures[package] = lines[-1] if lines else f"pip ended with {pip.returncode}"
    return python, failures
