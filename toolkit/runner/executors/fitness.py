"""Whether a worker of a cluster computes what this process would: its versions, and the code of a run as it has it."""

from collections.abc import Callable, Mapping

from toolkit.spec.own_code import OwnCode, OwnCodeError, own_code, together

Traits = Mapping[str, str]
"""What a process computes with, by name."""


class UnfitError(Exception):
    """A worker would not compute what its driver asks for."""


def telling() -> Callable[[], Traits]:
    """A function that tells the versions of the process that calls it.

    It stands within this one so that it travels whole: the process may have another toolkit, or none.
    """

    def tell() -> Traits:
        import hashlib  # noqa: PLC0415  it brings all that it needs
        import sys  # noqa: PLC0415  as above
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  as above
        from importlib.util import find_spec  # noqa: PLC0415  as above
        from pathlib import Path  # noqa: PLC0415  as above

        def of_library(name: str) -> str:
            try:
                return str(getattr(sys.modules.get(name), "__version__", None) or version(name))
            except PackageNotFoundError:
                return "none"

        def of_toolkit() -> str:
            if "toolkit.runner.executors.fitness" in sys.modules:
                loaded = getattr(sys.modules["toolkit.runner.executors.fitness"], "LOADED", None)
                if loaded:
                    return str(loaded)
            found = find_spec("toolkit")
            if found is None or not found.submodule_search_locations:
                return "none"
            folder = Path(found.submodule_search_locations[0])
            digest = hashlib.sha256()
            for path in sorted(folder.rglob("*.py")):
                digest.update(f"{path.relative_to(folder)}\n".encode() + path.read_bytes())
            return f"sources {digest.hexdigest()[:12]}"

        return {"toolkit": of_toolkit(), **{name: of_library(name) for name in ("tensorflow", "keras", "numpy")}}

    return tell


LOADED = ""  # `telling` reads it, and the sources are asked for the first time
LOADED = telling()()["toolkit"]
"""The toolkit's sources as they were when this process imported them; they may have been changed since."""


def code_here(code: OwnCode) -> str:
    """The digest of a code as this process finds it, or why there is none."""
    try:
        found = together([own_code(name, key) for key, name in code.named])
        return found.digest if found else ""
    except OwnCodeError as error:
        return str(error)


def traits(code: OwnCode | None) -> Traits:
    """What this process computes a run with that has this code as its driver planned it."""
    return {**telling()(), **({f"the code of {code.name}": code_here(code)} if code else {})}


def expected(code: OwnCode | None) -> Traits:
    """The same, as the driver has it."""
    return {**telling()(), **({f"the code of {code.name}": code.digest} if code else {})}


def differences(found: Traits, wanted: Traits) -> str:
    """How a process differs from what is wanted; empty where it does not."""
    return "; ".join(
        f"{name}: {found.get(name, 'none')}, here {value}" for name, value in wanted.items() if found.get(name) != value
    )
