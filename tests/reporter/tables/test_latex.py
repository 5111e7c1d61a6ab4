"""Every table is set by a real LaTeX."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.reporter.conftest import MakeStudy
from toolkit.reporter.report import make_report

LATEX = shutil.which("pdflatex")
DOCUMENT = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage[a4paper, landscape, margin=1cm]{geometry}
\usepackage{booktabs, longtable}
\begin{document}
%s
\end{document}
"""
HOSTILE = r"50% & _under_ ^hat^ ~tilde~ $math$ #1 {braces} \command \\ end"

GRID: dict[str, list[Any]] = {"model.cell": ["rnn", "gru"], "model.lookback": [0, 2, "full"]}

STUDIES: dict[str, dict[str, Any]] = {
    "default": {"grid": GRID, "failed": [2], "missing": [4], "best": lambda run: 0.4 + run.config.train.seed / 100},
    "one run": {"grid": {}, "seeds": []},
    "nothing finished": {"failed": range(6)},
    "language model": {"data": {"task": "language_model"}},
    "long": {"grid": {"model.lookback": list(range(60))}, "best": lambda run: 0.4 + run.config.train.seed / 100},
    "pivots": {
        "grid": GRID | {"train.batch_size": [5, 10]},
        "best": lambda run: 0.4 + run.config.train.seed / 100,
        "failed": [0, 1, 2],
        "evaluate": {"by": ["distance"]},
        "report": {
            "tables": [
                {"name": "one", "rows": ["model.lookback", "train.batch_size"], "columns": ["model.cell"]},
                {"name": "two", "rows": ["train.batch_size"], "columns": ["model.cell", "model.lookback"]},
                {
                    "name": "several",
                    "rows": ["model.lookback", "train.batch_size"],
                    "columns": ["model.cell"],
                    "values": ["best_loss", "accuracy", "parameters"],
                    "caption": HOSTILE,
                },
                {"name": "long", "rows": ["train.seed", "model.cell"], "columns": ["train.batch_size"], "digits": 0},
            ]
        },
    },
}


@pytest.mark.tools
@pytest.mark.skipif(LATEX is None, reason="needs pdflatex (apt install texlive-latex-recommended)")
def test_every_table_compiles_in_one_document(make_study: MakeStudy, tmp_path: Path) -> None:
    tables: list[str] = []
    for number, study in enumerate(STUDIES.values()):
        files = make_report(*make_study(name=f"study_{number}", **study), "python run_spec.py a.yaml").files
        tables += [content.decode() for name, content in files.items() if name.endswith(".tex")]
    assert len(tables) > len(STUDIES)
    (tmp_path / "paper.tex").write_text(DOCUMENT % "\n\\clearpage\n".join(tables), encoding="utf-8")
    command = [str(LATEX), "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    for _ in range(2):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
        assert done.returncode == 0, done.stdout[-2000:]
    log = (tmp_path / "paper.log").read_text(encoding="utf-8", errors="replace")
    assert "multiply defined" not in log
    assert "undefined" not in log
