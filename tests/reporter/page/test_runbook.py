"""The data of single runs inside the page."""

import json
from dataclasses import replace

from tests.reporter.conftest import MakeStudy
from toolkit.reporter.page.origin import provenance
from toolkit.reporter.page.runbook import run_data
from toolkit.reporter.report import make_report


def test_what_runs_share_is_said_once_and_the_rest_with_each(make_study: MakeStudy) -> None:
    _, runs = make_study(failed=[1], missing=[2])
    data = json.loads(run_data(runs))
    assert data["common"]["configuration"]["train.batch_size"] == "100"
    assert data["runs"][0]["configuration"] == {"model.cell": "rnn", "train.seed": "1"}
    assert [run["status"] for run in data["runs"]] == ["done", "failed", "missing", "done", "done", "done"]
    assert data["runs"][0]["history"][1][:3] == [1, 0.49, 0.5]
    assert data["runs"][2]["history"] == []
    assert data["common"]["provenance"] == {"versions.keras": "3.15.0"}


def test_nothing_in_the_data_can_end_its_element(make_study: MakeStudy) -> None:
    _, runs = make_study(failed=[0], error="</script><!-- & \u2028")
    text = run_data(runs)
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text)["runs"][0]["error"] == "</script><!-- & \u2028"


def test_a_run_that_was_continued_names_the_versions_of_all_its_sessions(make_study: MakeStudy) -> None:
    experiment, runs = make_study()
    versions = ["3.12.0", "3.13.0", "3.14.0", "3.15.0"]
    *earlier, last = [{"versions": {"keras": version}, "system": "Linux"} for version in versions]
    run, record = runs[0]
    assert record is not None
    runs = [(run, replace(record, earlier=tuple(earlier), provenance=last)), *runs[1:]]
    data = json.loads(run_data(runs))
    assert data["runs"][0]["provenance"]["versions.keras"] == "3.12.0, 3.13.0, 3.14.0, 3.15.0"
    assert dict(provenance(runs))["versions.keras"] == "3.12.0, 3.13.0, 3.14.0, 3.15.0"
    report = make_report(experiment, runs, "command").files["report.md"].decode()
    assert all(version in report for version in versions)
