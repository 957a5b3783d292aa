"""What the rehearsals of deploy/ share: a Debian in a folder, and articles that must come out as alerts.

They are for root on Debian, take minutes, and are no part of the tests: make rehearsal.
"""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from tests.commands import captured, following, northwire

ROOT = Path(__file__).parents[2]
SAMPLES = "streams/samples/articles.ndjson"
_PATIENCE = 90.0
_TRUST = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pip.conf")
"""How this machine reaches the package index, if it says so anywhere."""


def say(what: str) -> None:
    print(what, flush=True)


def run(*command: str | Path) -> str:
    """What a command prints. Raises AssertionError with all it said when it fails."""
    done = captured(*command, cwd=ROOT)
    assert done.returncode == 0, f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout[-3000:]}"
    return done.stdout


def trusted() -> list[Path]:
    """The files that tell pip where packages are and whom to trust, of those that are here."""
    return [Path(file) for file in _TRUST if Path(file).exists()]


def debian(target: Path, *packages: str) -> None:
    """Debian 12 with these packages: a folder, or a tar archive if the target is named so."""
    sources = [*Path("/etc/apt/sources.list.d").glob("debian.sources"), *Path("/etc/apt").glob("sources.list")]
    include = f"--include={','.join(('ca-certificates', *packages))}"
    run("mmdebstrap", "--quiet", "--variant=minbase", include, "bookworm", target, *sources[:1])


def check_out(folder: Path) -> None:
    """The files that git knows, as they are in the work tree."""
    for name in run("git", "ls-files").splitlines():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)


def wait_until(what: str, holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"in vain: {what}"
        time.sleep(0.5)


def send_and_receive(bootstrap: str) -> None:
    """The sample articles go in; every story that `northwire replay` finds in them must come out."""
    replayed = northwire("replay", SAMPLES)
    wanted = _stories(replayed.out.splitlines())
    assert len(wanted) > 5, replayed.error
    northwire("ingest", SAMPLES, bootstrap_servers=bootstrap)
    with following("subscribe", "--json", "--from", "earliest", bootstrap_servers=bootstrap) as lines:
        wait_until("as many stories", lambda: len(_stories(lines())) >= len(wanted))
        ids = [json.loads(line)["id"] for line in lines()]
    assert len(ids) == len(set(ids))
    say(f"{len(ids)} alerts of {len(wanted)} stories, each once")


def _stories(alerts: list[bytes]) -> set[str]:
    return {json.loads(alert)["story"]["id"] for alert in alerts}
