"""Options that would have no effect beside others."""

import itertools

import click
import pytest
from click.testing import CliRunner

from toolkit.cli import main
from toolkit.option_checks import WITHOUT_EFFECT, refuse_workers_beside_others

VALUES = {
    "SPEC": ["specs/quickstart.yaml"],
    "--set": ["-s", "name=x"],
    "--env": ["--env", "x"],
    "--out": ["--out", "x"],
    "--workers": ["-j", "2"],
    "--cluster": ["--cluster", "x"],
    "--mlflow": ["--mlflow", "x"],
    "--examples": ["--examples", "x"],
}


def refusal(*options: str) -> str:
    result = CliRunner().invoke(main, [word for option in options for word in VALUES.get(option, [option])])
    assert result.exit_code == 2
    return " ".join(result.output.split())


@pytest.mark.parametrize("pair", list(itertools.combinations(WITHOUT_EFFECT, 2)))
def test_what_is_asked_for_instead_of_training_is_one_thing(pair: tuple[str, str]) -> None:
    assert f"{' and '.join(pair)} exclude each other; give one of them" in refusal("SPEC", *pair)


@pytest.mark.parametrize(
    ("option", "other"), [(one, other) for one, (without, _) in WITHOUT_EFFECT.items() for other in without]
)
def test_an_option_without_effect_is_refused_with_its_reason(option: str, other: str) -> None:
    told = refusal(*(["SPEC"] if "SPEC" not in WITHOUT_EFFECT[option][0] else []), option, other)
    assert f"{other} has no effect here, since {option} {WITHOUT_EFFECT[option][1]}" in told


def test_every_option_has_an_effect_or_is_refused_beside_each_other_one() -> None:
    """What is neither refused nor listed here is new: decide whether it has an effect."""
    with_effect = {
        "--schema": set(),
        "--examples": set(),
        "--compare": {"SPEC", "--set", "--out"},
        "--check": {"SPEC", "--set", "--env", "--out"},
        "--plan": {"SPEC", "--set", "--env", "--out", "--workers"},
        "--report-only": {"SPEC", "--set", "--env", "--out", "--workers", "--tensorboard", "--mlflow"},
    }
    names = {each.opts[-1] if isinstance(each, click.Option) else "SPEC" for each in main.params} - {"--version"}
    for option, (without, _) in WITHOUT_EFFECT.items():
        assert with_effect[option] | set(without) == names - set(WITHOUT_EFFECT), option


def test_without_specs_it_is_told_what_is_missing() -> None:
    assert "Missing argument 'SPEC [SPEC ..]'" in refusal()


def test_a_number_of_workers_beside_a_cluster_is_for_searches() -> None:
    refuse_workers_beside_others({"--workers", "--cluster"}, searches=True)
    assert "--workers has no effect beside --cluster" in refusal("SPEC", "--workers", "--cluster")


def test_an_address_of_mlflow_is_not_empty() -> None:
    result = CliRunner().invoke(main, ["specs/quickstart.yaml", "--mlflow", ""])
    assert result.exit_code == 2
    assert "--mlflow" in result.output
