"""Secrets of the environment and passwords in addresses: neither stored nor shown."""

import sys
from pathlib import Path
from typing import Any

import pytest

from toolkit.errors import SpecError
from toolkit.runner.provenance import origin
from toolkit.sinks.sink import SinkError, hand_on
from toolkit.spec.loader import load_spec, load_specs, variables_read
from toolkit.spec.overview import overview
from toolkit.spec.secrets import sounds_secret

PASSWORD = "hunter2-of-the-user"  # noqa: S105  what is looked for


SOUNDING = """AWS_SECRET_ACCESS_KEY AWS_ACCESS_KEY_ID GITHUB_TOKEN PGPASSWORD DB_PASSWD MYSQL_PWD DB_PASS APIKEY apiKey
    SSH_KEY_2 MYTOKEN GOOGLE_APPLICATION_CREDENTIALS dbPassword KEYS SECRET1 BASIC_AUTH WANDB_API_KEY"""
OTHERS = "NLU_DATA HOME PWD OLDPWD KEYBOARD MONKEY TURKEY_DATA TOKENIZERS_PARALLELISM AUTHOR COMPASS PATH X"


@pytest.mark.parametrize("name", SOUNDING.split())
def test_a_name_that_sounds_secret_does(name: str) -> None:
    assert sounds_secret(name)


@pytest.mark.parametrize("name", OTHERS.split())
def test_other_names_do_not(name: str) -> None:
    assert not sounds_secret(name)


def written(folder: Path, text: str) -> Path:
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    return folder / "spec.yaml"


def error_of(path: Path, environment: dict[str, str], **options: Any) -> str:
    with pytest.raises(SpecError) as raised:
        load_spec(path, environment, **options)
    return str(raised.value)


@pytest.mark.parametrize("where", ["question: '${API_KEY}'", "extends: '${API_KEY}'", "data: {path: '${API_KEY:-a}'}"])
def test_a_variable_that_sounds_secret_is_read_only_if_the_call_names_it(tmp_path: Path, where: str) -> None:
    message = error_of(written(tmp_path, f"name: a\n{where}"), {"API_KEY": PASSWORD})
    assert "the environment variable API_KEY sounds secret" in message
    assert "give --env API_KEY if it may" in message
    assert PASSWORD not in message


def test_a_variable_that_the_call_names_is_read(tmp_path: Path) -> None:
    spec = written(tmp_path, "name: a\nquestion: '${API_KEY}?'")
    assert load_spec(spec, {"API_KEY": "b"}, env=["API_KEY"]).question == "b?"


def test_what_a_spec_reads_is_listed_by_name_alone(tmp_path: Path) -> None:
    specs = load_specs([written(tmp_path, "name: a\nquestion: '${WHY} ${B:-no}'")], {"WHY": PASSWORD})
    assert variables_read(specs) == ["WHY"]
    assert "  reads   WHY of the environment" in overview(specs[0]).splitlines()


WRONG = {
    "a word that is none": "model: {cell: '${V}'}",
    "a number": "model: {hidden: '${V}'}",
    "in a list": "model: {hidden: ['${V}']}",
    "in a sweep": "sweep: {grid: {model.cell: ['${V}', gru]}}",
    "twice in a sweep": "sweep: {grid: {data.path: ['${V}', '${V}']}}",
    "a key of a figure": "report: {figures: [{name: f, kind: line, x: '${V}', y: best_loss}]}",
    "the base": "extends: '${V}'",
    "a combined spec": "combine: ['${V}']",
    "the published table": "report: {published: '${V}'}",
    "in a long text": f"data: {{source: '${{V}} {'a' * 300}'}}",
    "over several lines": "data:\n  source: |\n    some\n    ${V}\n",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_a_wrong_value_of_the_environment_is_not_shown(tmp_path: Path, text: str) -> None:
    message = error_of(written(tmp_path, f"name: a\n{text}"), {"V": PASSWORD})
    assert "hunter2" not in message
    assert "V}" in message


@pytest.mark.parametrize(
    "address", [f"http://me:{PASSWORD}@host/a", f"postgresql://host/db?user=me&password={PASSWORD}"]
)
def test_an_address_with_a_password_is_refused_wherever_a_spec_has_it_from(tmp_path: Path, address: str) -> None:
    spec = written(tmp_path, f"name: a\nquestion: see {address}")
    assert "with a password stands here" in error_of(spec, {})
    assert PASSWORD not in error_of(spec, {})
    assert PASSWORD not in error_of(written(tmp_path, "name: a"), {}, overrides=[f"question=see {address}"])
    message = error_of(written(tmp_path, "name: a\nquestion: '${V}'"), {"V": address})
    assert "V has a password in an address" in message
    assert PASSWORD not in message


def test_an_address_without_a_password_is_a_text_like_any(tmp_path: Path) -> None:
    text = "See https://medium.example/@user/post, mail me@here.org, http://host:80/a?b=c"
    assert load_spec(written(tmp_path, f"name: a\nquestion: '{text}'"), {}).question == text


def test_the_command_is_recorded_without_the_passwords_of_its_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["run-spec", "a.yaml", "--mlflow", f"http://me:{PASSWORD}@host", f"--cluster=tls://u:{PASSWORD}@h"]
    monkeypatch.setattr(sys, "argv", arguments)
    assert origin()["command"] == "run-spec a.yaml --mlflow 'http://***@host' '--cluster=tls://***@h'"


def test_what_a_sink_complains_of_has_no_password(tmp_path: Path) -> None:
    class Broken:
        option = "--mlflow http://***@host"

        def check(self, folders: object) -> None: ...

        def write(self, name: str, runs: object, folder: Path) -> None:
            raise OSError(f"API request to http://me:{PASSWORD}@host/api failed")

    (told,) = hand_on({"a": ([], tmp_path)}, [Broken()]).values()
    assert PASSWORD not in told
    assert PASSWORD not in str(SinkError(f"--mlflow http://me:{PASSWORD}@host"))
