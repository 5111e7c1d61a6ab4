"""What travels to a worker and back, plain values only, and the records that are made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from toolkit.runner.provenance import now
from toolkit.spec.own_code import OwnCode
from toolkit.spec.schema import RunConfig
from toolkit.store import Checkpoint, Epoch, RunRecord
from toolkit.store.durable import DamageError

LEG_SECONDS = 1.0
"""A worker gives account at the first end of an epoch after so long; a shorter run is one leg."""


@dataclass(frozen=True)
class Job:
    """A leg of a run to be trained.

    Attributes:
        identity: Identity of the run.
        config: Its resolved configuration.
        digest: Digest of its data.
        checkpoint: Where the run stands, as `Checkpoint.to_bytes` packed it; None at its beginning.
        code: What is not the toolkit's in it, but for where its data comes from, is made of; None where nothing is.
        origin: What the provenance says of the call: its command, the commit of the code.
        seconds: How long the leg takes at least.
    """

    identity: str
    config: RunConfig
    digest: str
    checkpoint: bytes | None = None
    code: OwnCode | None = None
    origin: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = LEG_SECONDS


@dataclass(frozen=True)
class Leg:
    """What came of a job after which the run goes on.

    Attributes:
        identity: Identity of the run.
        history: All its epochs so far.
        checkpoint: Where it stands, as `Checkpoint.to_bytes` packed it.
    """

    identity: str
    history: Sequence[Epoch]
    checkpoint: bytes


@dataclass(frozen=True)
class End:
    """What came of a job with which the run has ended.

    Attributes:
        identity: Identity of the run.
        record: What came of the run.
        weights: Content of the file of the best weights; None where it failed, or diverged at once.
        checkpoint: Where it stands, to go on for more epochs; None where it cannot.
        resident: Bytes of memory that the worker's process holds.
    """

    identity: str
    record: RunRecord
    weights: bytes | None = None
    checkpoint: bytes | None = None
    resident: int = 0


@dataclass(frozen=True)
class Lost:
    """What came of a job whose worker was lost with it.

    Attributes:
        identity: Identity of the run.
        reason: What became of the worker.
    """

    identity: str
    reason: str


Result: TypeAlias = Leg | End | Lost
"""What may come of a job."""


def is_of(result: Result, job: Job) -> bool:
    """Whether a result, and all that is in it, is of a job's run."""
    identities = {result.identity}
    if isinstance(result, End):
        identities.add(result.record.identity)
    try:
        if isinstance(result, Leg | End) and result.checkpoint is not None:
            identities.add(Checkpoint.from_bytes(result.checkpoint).identity)
    except DamageError:
        return False
    return identities == {job.identity}


def past_of(job: Job) -> tuple[Sequence[Epoch], Sequence[Mapping[str, Any]]]:
    """The epochs and the sessions that a job's run has behind it."""
    if job.checkpoint is None:
        return (), ()
    stood = Checkpoint.from_bytes(job.checkpoint)
    return stood.history, stood.sessions


def record_so_far(job: Job, history: Sequence[Epoch], sessions: Sequence[Mapping[str, Any]]) -> RunRecord:
    """The record of a run that ends now, with nothing but its history and its provenance."""
    *earlier, last = sessions or [{}]
    return RunRecord(
        identity=job.identity,
        status="done",
        config=job.config.model_dump(mode="json"),
        history=tuple(history),
        epochs=max(job.config.train.epochs, history[-1].epoch if history else 0),
        provenance={**last, "ended": now()},
        earlier=tuple(earlier),
    )


def failed_record(
    job: Job,
    history: Sequence[Epoch],
    sessions: Sequence[Mapping[str, Any]],
    error: str,
    traceback: str | None = None,
) -> RunRecord:
    """The record of a run that failed in the epoch after its last."""
    record = record_so_far(job, history, sessions)
    return replace(record, status="failed", error=error, traceback=traceback, ended_in=len(history))
