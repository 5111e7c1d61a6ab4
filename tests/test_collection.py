"""Cycles of garbage are searched for seldom in the toolkit's own processes, and as before in others."""

import subprocess
import sys

import pytest

COMMAND = """
import gc, sys
sys.argv = ["run-spec", "--help"]
from toolkit.__main__ import main
try:
    main()
finally:
    print(gc.get_threshold())
"""
WORKER = """
import gc, os
from multiprocessing import Pipe
from toolkit.runner.executors import processes
processes.Worker = lambda: print(gc.get_threshold())
ours, theirs = Pipe()
ours.close()
processes.serve(theirs, os.pipe()[0])
"""
LIBRARY = """
import gc
import toolkit, toolkit.experiment
print(gc.get_threshold())
"""


@pytest.mark.parametrize(("code", "is_seldom"), [(COMMAND, True), (WORKER, True), (LIBRARY, False)])
def test_cycles_are_searched_for_seldom_in_the_toolkits_own_processes_alone(code: str, is_seldom: bool) -> None:
    begin = "import gc; print(gc.get_threshold())\n"
    told = subprocess.run([sys.executable, "-c", begin + code], capture_output=True, text=True, check=True).stdout
    before, *_, after = told.splitlines()
    assert (after == "(100000, 20, 10)") is is_seldom
    assert (after == before) is not is_seldom
