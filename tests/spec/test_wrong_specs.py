"""Wrong specs, a table of them: where the mistake is told to be, and what to do about it."""

import json
import subprocess
import sys
from typing import NamedTuple

import pytest

STUDY = "model: {cell: gru, gradient: coursework}\ndata: {task: agreement}\n"
RUNNER = """
import json, sys
from click.testing import CliRunner
from toolkit.cli import main
told = {}
for name, arguments in json.load(sys.stdin).items():
    result = CliRunner(env={"NLU_DATA": None}).invoke(main, arguments)
    crashed = result.exception is not None and not isinstance(result.exception, SystemExit)
    told[name] = [result.exit_code, result.output, repr(result.exception) if crashed else ""]
print(json.dumps([told, sorted(sys.modules)]))
"""


class Wrong(NamedTuple):
    """A spec, its mistake's line and column, and a part of the message; settings of the command line come first."""

    text: str
    place: str
    message: str
    overrides: tuple[str, ...] = ()


NAMED = "name: a\n"
WRONG = [
    # Keys.
    Wrong("nam: a", "1:1", "name is missing; add `name: ..`"),
    Wrong("nam: a\nname: b", "1:1", "nam is not a known key; did you mean `name`?"),
    Wrong(NAMED + "model:\n  hiden: 50", "3:3", "model.hiden is not a known key; did you mean `hidden`?"),
    Wrong(NAMED + "modle: {hidden: 50}", "2:1", "modle is not a known key; did you mean `model`?"),
    Wrong(NAMED + "hidden: 50", "2:1", "hidden is not a known key; did you mean `model.hidden`?"),
    Wrong(NAMED + "model.hidden: 50", "2:1", "write it in its section, `model: {hidden: ..}`"),
    Wrong(NAMED + "model: {learning_rate: 1}", "2:9", "did you mean `train.learning_rate`?"),
    Wrong(NAMED + "data: {sauce: text}", "2:8", "did you mean `source`?"),
    Wrong(NAMED + "name: b", "2:1", "`name` stands here for the second time; see line 1"),
    Wrong(NAMED + "model: {cell: rnn, cell: gru}", "2:20", "`cell` stands here for the second time"),
    Wrong(NAMED + "1: 2", "2:1", "a key must be a word"),
    Wrong(NAMED + "? [a, b]\n: c", "2:3", "a key must be a word"),
    # Words, and YAML's traps.
    Wrong("name: a b", "1:7", "name: expected letters, digits, - and _ only"),
    Wrong("name: ../a", "1:7", "name: expected letters, digits, - and _ only"),
    Wrong("name: 2018", "1:7", "put it in quotes if it is meant as a word"),
    Wrong("name: true", "1:7", "put it in quotes if it is meant as a word"),
    Wrong("name:", "1:6", "name: expected a word or text; received nothing"),
    Wrong("name: runs", "1:7", "`runs` is the folder of the stored runs; take another"),
    Wrong(f"name: {'a' * 101}", "1:7", "name: expected at most 100 characters"),
    Wrong(NAMED + "question: [a]", "2:11", "question: expected a word or text"),
    Wrong(NAMED + "evaluate: {test: no}", "2:18", "In YAML 1.2 no is a word; write false"),
    Wrong(NAMED + "evaluate: {test: yes}", "2:18", "In YAML 1.2 yes is a word; write true"),
    Wrong(NAMED + "evaluate: {test: 1}", "2:18", "evaluate.test: expected true or false; received 1"),
    Wrong(NAMED + "data: {source: grammer}", "2:16", "did you mean `grammar`?"),
    Wrong(NAMED + "data: {task: agrement}", "2:14", "did you mean `agreement`?"),
    Wrong(
        NAMED + "data: {task: no}",
        "2:14",
        "data.task: expected one of language_model, agreement, classification, tagging, regression, forecast or",
    ),
    Wrong(NAMED + "model: {cell: grru}", "2:15", "did you mean `gru`?"),
    Wrong(NAMED + "model: {cell: my cell}", "2:15", "or package.module:ClassName"),
    Wrong(NAMED + "model: {cell: 3}", "2:15", "model.cell: expected a word or text; received 3"),
    Wrong(NAMED + "model: {activation: sigmoyd}", "2:21", "did you mean `sigmoid`?"),
    Wrong(NAMED + "model: {initializer: glorot}", "2:22", "model.initializer: expected"),
    Wrong(NAMED + "model: {gradient: study}", "2:19", "model.gradient: expected exact or coursework"),
    Wrong(NAMED + "train: {optimizer: addam}", "2:20", "did you mean `adam`?"),
    Wrong(NAMED + "train: {dtype: float}", "2:16", "did you mean `float64`?"),
    Wrong(NAMED + "train: {protocol: study}", "2:19", "train.protocol: expected standard or coursework"),
    Wrong("NAME: a", "1:1", "did you mean `name`?"),
    Wrong(NAMED + "model: {cell: GRU}", "2:15", "did you mean `gru`?"),
    Wrong(NAMED + "model:\n  train: {epochs: 3}", "3:3", "`train` is a section of its own, not indented under"),
    Wrong(NAMED + "model:cell: gru", "2:1", "a colon needs a blank behind it"),
    Wrong(NAMED + "train: {lr: 3}", "2:9", "did you mean `learning_rate`?"),
    Wrong(NAMED + "model: {lr: 3}", "2:9", "did you mean `train.learning_rate`?"),
    # One value for several, and several for one.
    Wrong(NAMED + "model: {cell: [rnn, gru]}", "2:15", "sweep them: `sweep: {grid: {model.cell: [rnn, gru]}}`"),
    Wrong(NAMED + "sweep: {seeds: 3}", "2:16", "received 3; write [3]"),
    Wrong(NAMED + "sweep: {model.hidden: [1, 2]}", "2:9", "write it under grid, `grid: {model.hidden: [..]}`"),
    Wrong(NAMED + "sweep: {grid: {model: {hidden: [1]}}}", "2:23", "write `model.hidden: [..]`"),
    # Numbers.
    Wrong(NAMED + "train: {batch_size: 100.0}", "2:21", "received 100.0. A whole number has no point"),
    Wrong(NAMED + "train: {learning_rate: 5%}", "2:24", "Write it as a share, 0.05"),
    Wrong(NAMED + "data:\n  train_size: 1,000", "3:15", "write 1000 if it is meant as a number"),
    Wrong(NAMED + "model: {hidden: '${X:-5}'}", "2:17", "the environment, which gives text only; set it on the"),
    Wrong(NAMED + "model: {hidden: 0}", "2:17", "model.hidden: expected a number of at least 1"),
    Wrong(NAMED + "model: {hidden: 10.5}", "2:17", "model.hidden: expected a whole number"),
    Wrong(NAMED + "model: {hidden: true}", "2:17", "model.hidden: expected a whole number"),
    Wrong(NAMED + "model: {hidden: '50'}", "2:17", "A number in quotes is a word; write 50"),
    Wrong(NAMED + "model: {hidden: 1_000}", "2:17", "write 1000 if it is meant as a number"),
    Wrong(NAMED + "model: {hidden: []}", "2:17", "model.hidden: expected a whole number or at least one value"),
    Wrong(NAMED + "model: {hidden: [20, x]}", "2:22", "model.hidden.1: expected a whole number"),
    Wrong(NAMED + "model: {hidden: 1000000000000}", "2:17", "model.hidden: expected a number of at most 100000"),
    Wrong(NAMED + "model: {lookback: -1}", "2:19", "model.lookback: expected a number of at least 0 or full"),
    Wrong(NAMED + "model: {lookback: fulll}", "2:19", "did you mean `full`?"),
    Wrong(NAMED + "model: {lookback: 1.5}", "2:19", "model.lookback: expected a whole number or full"),
    Wrong(NAMED + "model: {dropout: 1}", "2:18", "model.dropout: expected a number below 1"),
    Wrong(NAMED + "model: {dropout: -0.1}", "2:18", "model.dropout: expected a number of at least 0"),
    Wrong(NAMED + "train: {epochs: 0}", "2:17", "train.epochs: expected a number of at least 1"),
    Wrong(NAMED + "train: {epochs: ten}", "2:17", "train.epochs: expected a whole number; received"),
    Wrong(NAMED + "train: {batch_size: 1e2}", "2:21", "train.batch_size: expected a whole number; received 100"),
    Wrong(NAMED + "train: {learning_rate: 0}", "2:24", "train.learning_rate: expected a number greater than 0"),
    Wrong(NAMED + "train: {learning_rate: .nan}", "2:24", "expected a finite number; received nan"),
    Wrong(NAMED + "train: {learning_rate: .inf}", "2:24", "expected a finite number; received inf"),
    Wrong(NAMED + "train:\n  learning_rate: 0,5", "3:18", "write 0.5 if it is meant as a number"),
    Wrong(NAMED + "train: {seed: -1}", "2:15", "train.seed: expected a number of at least 0"),
    Wrong(NAMED + "train: {seed: 4294967296}", "2:15", "train.seed: expected a number below 4294967296"),
    Wrong(NAMED + "train: {clip_norm: 0}", "2:20", "train.clip_norm: expected a number greater than 0"),
    Wrong(NAMED + "data: {train_size: 0}", "2:20", "data.train_size: expected a number of at least 1"),
    Wrong(NAMED + f"model: {{hidden: {'9' * 5000}}}", "2:17", "a number out of range"),
    # Schedules.
    Wrong(NAMED + "train: {anneal: -2}", "2:17", "train.anneal: expected a whole number of at least 0, or a schedule"),
    Wrong(NAMED + "train: {anneal: 0.5}", "2:17", "or a schedule such as {schedule: step, every: 10, factor: 0.5}"),
    Wrong(NAMED + "train: {anneal: {schedule: cosin}}", "2:17", "did you mean `cosine`?"),
    Wrong(NAMED + "train: {anneal: {epochs: 3}}", "2:17", "a schedule, one of harmonic, exponential"),
    Wrong(NAMED + "train: {anneal: {schedule: step}}", "2:17", "train.anneal.every is missing; add `every: ..`"),
    Wrong(NAMED + "train: {anneal: {schedule: step, every: 0}}", "2:41", "train.anneal.every: expected a number of at"),
    Wrong(
        NAMED + "train: {anneal: {schedule: step, evry: 3, every: 3}}", "2:34", "train.anneal.evry is not a known key"
    ),
    Wrong(NAMED + "train: {anneal: {schedule: exponential, factor: 2}}", "2:49", "a number of at most 1"),
    # Sections and lists.
    Wrong(NAMED + "model: 3", "2:8", "model: expected a section of `key: value` lines; received 3"),
    Wrong(NAMED + "model: [3]", "2:8", "model: expected a section of `key: value` lines"),
    Wrong(NAMED + "evaluate: {by: distance}", "2:16", "evaluate.by: expected a list, such as [1, 2]"),
    Wrong(NAMED + "evaluate: {by: [breadth]}", "2:16", "evaluate.by: breadth is no group of a task"),
    # Sweeps.
    Wrong(NAMED + "sweep: {seeds: 3}", "2:16", "sweep.seeds: expected a list, such as [1, 2]; received 3"),
    Wrong(NAMED + "sweep: {seeds: [1, 1]}", "2:20", "1 stands here for the second time; delete one"),
    Wrong(NAMED + "sweep: {grid: {model.hiden: [1]}}", "2:16", "model.hiden is not a known key; did you mean"),
    Wrong(NAMED + "sweep: {grid: {hidden: [1]}}", "2:16", "did you mean `model.hidden`?"),
    Wrong(NAMED + "sweep: {grid: {model.hidden: 10}}", "2:30", "expected a list, such as [1, 2]; received 10"),
    Wrong(NAMED + "sweep: {grid: {model.hidden: []}}", "2:30", "at least one value"),
    Wrong(NAMED + "sweep: {grid: {model.hidden: [10, ten]}}", "2:35", "model.hidden: expected a whole number"),
    Wrong(NAMED + "sweep: {grid: {model.hidden: [5, 5]}}", "2:34", "5 stands here for the second time"),
    Wrong(NAMED + "sweep: {grid: {train.learning_rate: [5, 5.0]}}", "2:41", "5 stands here for the second time"),
    Wrong(NAMED + "sweep: {grid: {model.hidden: [5, [5]]}}", "2:34", "[5] is the same as 5, which stands here too"),
    Wrong(
        NAMED + "sweep: {grid: {train.anneal: [5, {schedule: harmonic, epochs: 5}]}}",
        "2:34",
        "{schedule: harmonic, epochs: 5} is the same as 5, which stands here too; delete one",
    ),
    Wrong(
        NAMED + "search: {space: {model.hidden: {choice: [5, [5]]}}}", "2:45", "[5] is the same as 5, which stands here"
    ),
    Wrong(
        NAMED + "model: {cell: 'nowhere.cells:Cell'}", "2:15", "there is no module `nowhere` in the working directory"
    ),
    Wrong(NAMED + "sweep: {grid: {model.cell: [rnn, 'nowhere:Cell']}}", "2:34", "there is no module `nowhere`"),
    Wrong(
        NAMED + "search: {space: {model.cell: {choice: [rnn, 'nowhere:Cell']}}}", "2:45", "there is no module `nowhere`"
    ),
    Wrong(NAMED + "sweep: {grid: {model: [rnn]}}", "2:24", "model: expected a section of `key: value` lines"),
    Wrong(NAMED + "sweep: {grid: {model: [{cel: rnn}]}}", "2:25", "model.cel is not a known key; did you mean `cell`?"),
    Wrong(NAMED + "sweep: {grid: {model: [{hidden: x}]}}", "2:33", "model.hidden: expected a whole number"),
    Wrong(NAMED + "sweep: {grid: {model: [{hidden: 3}], model.hidden: [4]}}", "2:38", "stands in sweep.grid.model too"),
    Wrong(
        NAMED + "sweep: {grid: {train.anneal: [5, {schedule: cos}]}}",
        "2:34",
        "train.anneal: expected a schedule, one of",
    ),
    Wrong(
        NAMED + "sweep: {zip: {model.hidden: [1, 2], train.epochs: [1]}}",
        "2:9",
        "its lists must be of one length; model.hidden has 2, train.epochs has 1",
    ),
    Wrong(NAMED + "sweep: {grid: {train.seed: [1]}, seeds: [2]}", "2:16", "train.seed stands in sweep.seeds too"),
    Wrong(NAMED + "sweep: {runs: {model.hidden: 3}}", "2:15", "sweep.runs: expected a list"),
    Wrong(NAMED + "sweep: {runs: [{model: {cell: gru}, model.cell: rnn}]}", "2:37", "stands in sweep.runs.0 too"),
    Wrong(NAMED + "sweep: {zip: {model: [{hidden: 3}], model.hidden: [4]}}", "2:37", "stands in sweep.zip.0 too"),
    Wrong(NAMED + "sweep: {runs: [{model.hiden: 3}]}", "2:17", "model.hiden is not a known key"),
    Wrong(NAMED + "sweep: {girds: {}}", "2:9", "sweep.girds is not a known key; did you mean `grid`?"),
    Wrong(
        NAMED + f"sweep: {{grid: {{model.hidden: {list(range(1, 300))}, model.lookback: {list(range(300))}}}}}",
        "2:1",
        "spells out 89,700 runs; at most 10,000",
    ),
    # Settings that do not go together.
    Wrong(NAMED + STUDY, "2:30", "model.gradient: coursework needs train.protocol: coursework; it is standard"),
    Wrong(NAMED + STUDY + "train: {protocol: coursework, optimizer: adam}", "4:42", "coursework is plain SGD"),
    Wrong(NAMED + "train: {protocol: coursework}\nmodel: {cell: lstm}", "3:15", "knows the cells rnn and gru"),
    Wrong(NAMED + "train: {dtype: float64, optimizer: muon}", "2:36", "muon works with train.dtype: float32 only"),
    Wrong(NAMED + "data: {source: text}", "2:16", "data.source: text needs data.path"),
    Wrong(
        NAMED + "data: {source: text, path: x, task: agreement}",
        "2:37",
        "verb_pos, which the source text has not; grammar and coursework have them",
    ),
    Wrong(NAMED + "data: {path: here}", "2:14", "data.path is for the sources coursework, text, table"),
    Wrong(NAMED + "data: {source: text, path: x, distance: uniform}", "2:41", "data.distance is for data.source"),
    Wrong(NAMED + "evaluate: {by: [distance]}", "2:16", "evaluate.by: distance needs data.task: agreement"),
    Wrong(NAMED + "track: {gradient_by_lag: 3, epochs: []}", "2:37", "track.epochs: expected at least one value"),
    Wrong(NAMED + "track: {gradient_by_lag: 3, epochs: [1, 1]}", "2:37", "track.epochs: expected each value once"),
    Wrong(NAMED + "track: {epochs: [1]}", "2:17", "set track.gradient_by_lag too"),
    Wrong(NAMED + "track: {gradient_by_lag: 3, epochs: [99]}", "2:37", "99 is beyond train.epochs: 10"),
    # Searches.
    Wrong(NAMED + "search: {}", "2:9", "search.space is missing; add `space: ..`"),
    Wrong(NAMED + "search: {space: {data.task: {choice: [agreement, foo]}}}", "2:50", 'received "foo"'),
    Wrong(NAMED + "search: {space: {data.task: {float: [0.1, 0.5]}}}", "2:38", "data.task: expected"),
    Wrong(NAMED + "search: {space: {}}", "2:17", "search.space: expected at least one value"),
    Wrong(NAMED + "search: {space: {model.hiden: {int: [1, 2]}}}", "2:18", "did you mean `hidden`?"),
    Wrong(
        NAMED + "search: {space: {model.hidden: {itn: [1, 2]}}}", "2:33", "itn is not a known key; did you mean `int`"
    ),
    Wrong(NAMED + "search: {space: {model.hidden: {int: [9, 2]}}}", "2:32", "the lower bound first"),
    Wrong(NAMED + "search: {space: {model.hidden: {int: [0, 2]}}}", "2:39", "model.hidden: expected a number of"),
    Wrong(NAMED + "search: {space: {model.cell: {choice: [rnn, gro]}}}", "2:45", "did you mean `gru`?"),
    Wrong(
        NAMED + "search: {space: {model.hidden: {int: [1, 9]}}}\nsweep: {grid: {model.hidden: [1]}}",
        "3:16",
        "model.hidden stands in search.space too; delete one of them",
    ),
    Wrong(
        NAMED + "search: {space: {model.hidden: {int: [1, 9]}}}\nsweep: {seeds: [1]}",
        "3:1",
        "takes the place of a sweep",
    ),
    Wrong(
        NAMED + "search: {objective: accuracy, space: {model.hidden: {int: [1, 9]}}}",
        "2:21",
        "accuracy is measured for data.task: agreement, classification or tagging; it is language_model",
    ),
    Wrong(
        NAMED + "search: {space: {model.hidden: {int: [1, 9], when: {model.cell: gru}}}}",
        "2:53",
        "model.cell is no other key of search.space",
    ),
    Wrong(NAMED + "search: {space: {model.hidden: [1, 2]}}", "2:32", "received [1, 2]; write {choice: [1, 2]}"),
    Wrong(NAMED + "search: {space: {model.hidden: {float: [1, 9]}}}", "2:33", "takes whole numbers; write int"),
    Wrong(NAMED + "search: {space: {model.hidden: {int: [1, 9], step: 20}}}", "2:32", "a step that fits between"),
    Wrong(NAMED + "search: {space: {model.cell: {choice: [rnn, rnn]}}}", "2:39", "expected each value once"),
    Wrong(NAMED + "search: {space: {train.seed: {int: [1, 9]}}}", "2:18", "a search for a lucky seed tells nothing"),
    Wrong(NAMED + "search: {space: {evaluate.test: {boolean: true}}}", "2:18", "does not change what is learnt"),
    Wrong(NAMED + "search: {space: {model.cell: {boolean: false}}}", "2:30", "expected boolean: true"),
    Wrong(
        NAMED + "search: {factor: 2, space: {model.hidden: {int: [1, 9]}}}", "2:18", "is for search.tuner: hyperband"
    ),
    Wrong(
        NAMED + "search: {tuner: hyperband, space: {train.epochs: {int: [1, 9]}}}",
        "2:36",
        "hyperband itself decides how long to train",
    ),
    Wrong(
        NAMED + "search: {space: {model: {choice: [{hidden: 3}]}, model.hidden: {int: [1, 9]}}}",
        "2:50",
        "model.hidden stands in search.space.model too",
    ),
    Wrong(
        NAMED + "search: {space: {model.hidden: {int: [1, 9], when: {model.cell: gru}}, model.cell: {choice: [rnn]}}}",
        "2:65",
        "the search never tries model.cell: gru",
    ),
    Wrong(
        NAMED + "search: {space: {train.optimizer: {choice: [sgd, muon]}, train.dtype: {choice: [float64]}}}",
        "2:50",
        "muon works with train.dtype: float32 only",
    ),
    Wrong(
        NAMED + "search: {objective: loss, space: {model.cell: {choice: [rnn]}}}", "2:21", "did you mean `test_loss`"
    ),
    # Reports.
    Wrong(NAMED + "report: {tables: [{name: t}]}", "2:19", "rows is missing"),
    Wrong(
        NAMED + "report: {tables: [{name: t, rows: [model.hiden]}]}",
        "2:36",
        "model.hiden is no column for rows; did you mean `model.hidden`?",
    ),
    Wrong(
        NAMED + "report: {tables: [{name: t, rows: [model.hidden], values: [accuracy]}]}",
        "2:60",
        "accuracy is measured for data.task: agreement",
    ),
    Wrong(
        NAMED + "report: {tables: [{name: t, rows: [model.hidden], values: [test_loss]}]}",
        "2:60",
        "test_loss is measured with evaluate.test: true",
    ),
    Wrong(NAMED + "report: {figures: [{name: f, x: model.lookback, y: los}]}", "2:52", "los is no column for y"),
    Wrong(NAMED + "report: {figures: [{name: ../f, x: a, y: b}]}", "2:27", "letters, digits, - and _ only"),
    Wrong(NAMED + "report: {tables: [{name: t, rows: [a, a]}]}", "2:35", "rows: expected each value once"),
    Wrong(
        NAMED + "report: {tables: [{name: t, rows: [model.hidden], columns: [model.hidden]}]}",
        "2:61",
        "model.hidden stands in rows too; delete one of them",
    ),
    Wrong(
        NAMED + "report: {tables: [{name: t, rows: [model.cell], where: {model.hidden: [50, 60]}}]}",
        "2:76",
        "where: no run has model.hidden: 60",
    ),
    Wrong(
        NAMED + "report: {figures: [{name: f, kind: bar, x: model.cell, y: best_loss, log: [x]}]}",
        "2:75",
        "bars stand side by side, so x has no scale",
    ),
    Wrong(
        NAMED + "report: {figures: [{name: f, x: model.cell, y: best_loss, value: accuracy}]}",
        "2:66",
        "value is the measure of a heatmap; this is a line figure",
    ),
    Wrong(
        NAMED + "report: {figures: [{name: f, kind: heatmap, x: model.cell, y: model.cell, value: best_loss}]}",
        "2:63",
        "x and y of a heatmap are two keys",
    ),
    Wrong(
        NAMED + "report: {figures: [{name: f, kind: heatmap, x: model.cell, y: model.hidden, hue: data.task}]}",
        "2:82",
        "hue: a heatmap has none, its colours show value",
    ),
    Wrong(
        NAMED + "report: {figures: [{name: f, kind: heatmap, x: model.cell, y: model.hidden}]}",
        "2:20",
        "a heatmap needs value",
    ),
    Wrong(NAMED + "report: {published: none.csv}", "2:21", "the table of report.published cannot be read"),
    # The environment, other files, and what is not YAML.
    Wrong(
        NAMED + "data: {source: coursework, path: '${NLU_DATA}'}", "2:34", "NLU_DATA is not set; set it: NLU_DATA=.."
    ),
    Wrong(NAMED + "extends: none.yaml", "2:10", "none.yaml: there is no such file"),
    Wrong(NAMED + "extends: wrong.yaml", "2:10", "extends this spec in turn"),
    Wrong(NAMED + "extends: [a]", "2:10", "extends: expected the path of a spec"),
    Wrong(NAMED + "model: {cell: rnn", "2:8", "close the braces with }"),
    Wrong(NAMED + "sweep: {seeds: [1, 2", "2:16", "close the list with ]"),
    Wrong(NAMED + "question: 'unclosed", "2:11", "close the quote that is opened here"),
    Wrong(NAMED + "question: What: is it?", "2:15", "put quotes around text that has them"),
    Wrong(NAMED + "question: @home", "2:11", "put quotes around text that starts with this character"),
    Wrong(NAMED + "model:\n  cell: rnn\n hidden: 3", "4:2", "indent the keys of one section alike"),
    Wrong(NAMED + "---\nname: b", "2:1", "a file holds one spec"),
    Wrong("name: é\nquestion: ü\x07\n", "2:12", "the character U+0007 is not allowed; delete it"),
    Wrong(NAMED + "model:\n  <<: {hidden: 3}", "3:3", "YAML 1.2 has no merge keys"),
    Wrong(NAMED + "data: {train_size: 1,000}", "2:22", "a comma starts the next key"),
    Wrong(NAMED + "model:\n\tcell: rnn", "3:1", "not YAML"),
    Wrong(NAMED + "model: !!python/object:os.system {}", "2:8", "tags such as"),
    Wrong(NAMED + "model: *gone", "2:8", "not YAML"),
    Wrong(NAMED + f"model: {'[' * 60}{']' * 60}", "2:57", "too deep or too large"),
    Wrong("", "1:1", "nothing stands here; a spec is a list of `key: value` lines"),
    Wrong("hello", "1:1", "a spec is a list of `key: value` lines"),
    Wrong(NAMED + "question: '${a-b}'", "2:11", "expected ${NAME} or ${NAME:-default}"),
    Wrong(NAMED + "question: '${A:-${B}}'", "2:11", "a default no ${..} of its own"),
    Wrong(NAMED + "data: {path: '${UNSET}'}\nmodel: {hiden: 3}", "3:9", "did you mean `hidden`?"),
    Wrong(NAMED + "extends: '${UNSET}'", "2:10", "UNSET is not set"),
    # The command line.
    Wrong(NAMED, "-s extends=b.yaml", "extends is for specs", ("extends=b.yaml",)),
    Wrong(NAMED, "-s model.hiden=5", "did you mean `hidden`?", ("model.hiden=5",)),
    Wrong(NAMED, "-s model.hidden=ten", "model.hidden: expected a whole number", ("model.hidden=ten",)),
    Wrong(NAMED, "-s model.hidden", "expected key=value", ("model.hidden",)),
    Wrong(NAMED, "-s model.hidden=[1", "not YAML", ("model.hidden=[1",)),
    Wrong(
        NAMED + "sweep: {grid: {model.hidden: [1, 2]}}",
        "-s model.hidden=5",
        "is varied by sweep.grid.model.hidden, which counts",
        ("model.hidden=5",),
    ),
    Wrong(NAMED + "sweep: {seeds: [1, 2]}", "-s train.seed=3", "varied by sweep.seeds", ("train.seed=3",)),
    Wrong(
        NAMED + "search: {space: {model.hidden: {int: [1, 9]}}}",
        "-s model.hidden=5",
        "varied by search.space.model.hidden",
        ("model.hidden=5",),
    ),
    Wrong(NAMED, "-s sweep.grid.model.hiden=[5]", "did you mean `hidden`?", ("sweep.grid.model.hiden=[5]",)),
    # Sensitivity.
    Wrong(NAMED + "sensitivity: -1", "2:14", "sensitivity: expected a number of at least 0"),
    Wrong(
        NAMED + "sensitivity: 2\nsweep: {grid: {train.perturbation: [1, 2]}}",
        "3:16",
        "train.perturbation stands in sensitivity too; delete one of them",
    ),
    Wrong(NAMED + f"sensitivity: 1000\nsweep: {{seeds: {list(range(21))}}}", "3:1", "spells out 21,021 runs"),
    Wrong(
        NAMED + "sensitivity: 2\nsearch: {space: {train.learning_rate: {float: [0.1, 1]}}}",
        "2:1",
        "sensitivity repeats the runs of a sweep",
    ),
    Wrong(NAMED + "search: {space: {train.perturbation: {int: [0, 9]}}}", "2:18", "changes nothing but rounding"),
    # Combining.
    Wrong(NAMED + "combine: [b.yaml]\nmodel: {hidden: 9}", "3:1", "has no runs of its own; leave model out"),
    Wrong(NAMED + "combine: [nowhere*.yaml]", "2:11", "combine: there is no other spec"),
    Wrong(NAMED + "combine: [b.yaml, b.yaml]", "2:10", "each value once"),
    Wrong(
        NAMED + "report: {figures: [{name: f, x: lag, y: norm}]}",
        "2:33",
        "lag is measured with track.gradient_by_lag: N",
    ),
    Wrong(
        NAMED + "track: {gradient_by_lag: 2}\nreport: {figures: [{name: f, x: lag, y: best_loss}]}",
        "3:41",
        "best_loss is no column for y",
    ),
]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[object]], list[str]]:
    """What the command line says to every wrong spec, in one process, and what that process has imported."""
    calls = {}
    for index, wrong in enumerate(WRONG):
        folder = tmp_path_factory.mktemp("wrong")
        (folder / "wrong.yaml").write_text(wrong.text, encoding="utf-8")
        options = [part for setting in wrong.overrides for part in ("-s", setting)]
        calls[str(index)] = [str(folder / "wrong.yaml"), *options, "--out", str(folder / "out")]
    told = subprocess.run(
        [sys.executable, "-c", RUNNER], input=json.dumps(calls), capture_output=True, text=True, check=True
    )
    results, modules = json.loads(told.stdout)
    return results, modules


@pytest.mark.parametrize("index", range(len(WRONG)), ids=lambda index: WRONG[index].text[:60] + str(index))
def test_wrong_spec_is_told_with_place_and_mend(index: int, answers: tuple[dict[str, list[object]], list[str]]) -> None:
    wrong, (status, output, crash) = WRONG[index], answers[0][str(index)]
    assert not crash
    assert status == 2
    place = wrong.place if wrong.overrides else f"wrong.yaml:{wrong.place}"
    assert f"{place}: " in str(output)
    assert wrong.message in str(output)
    assert "Traceback" not in str(output)


def test_no_wrong_spec_makes_anything_heavy_be_imported(answers: tuple[dict[str, list[object]], list[str]]) -> None:
    assert len(WRONG) >= 80
    assert "toolkit.spec.loader" in answers[1]
    assert not {"tensorflow", "keras", "keras_tuner", "pandas", "numpy"} & set(answers[1])
