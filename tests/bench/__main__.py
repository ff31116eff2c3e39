"""`python -m tests.bench [part of a row's name ...]`: measure and print the table. Figures are reported as they are."""

import importlib
import os
import sys
from pathlib import Path

from tests.bench.harness import run, table
from tests.bench.load import generator

for _path in sorted(Path(__file__).parent.glob("rows_*.py")):
    importlib.import_module(f"tests.bench.{_path.stem}")

sys.stdout.write(f"Load by {generator()}; {os.cpu_count()} processors; Python {sys.version.split()[0]}.\n\n")
sys.stdout.write(table(run(sys.argv[1:])) + "\n")
