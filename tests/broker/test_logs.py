"""What workers say of articles while they run: a line for each decision, by which it can be followed, and no text."""

import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest

from streams.kafka.layout import ARTICLES
from tests.broker.road import Road, eventually, unique
from tests.workers import Worker

pytestmark = pytest.mark.usefixtures("workers")

HOSTILE = 'Arctic\n{"event": "forged"}\r\x1b[31mred\x1b]0;owned\x07\x00\u2028\u2029\u202e\u2066\u0085'
PAGE = (Path(__file__).parents[2] / "docs/operations.md").read_text(encoding="utf-8")
EXAMPLES = {line["event"]: line for line in map(json.loads, re.findall(r"(?m)^{.*}$", PAGE))}
"""The lines that docs/operations.md shows."""


def lines(worker: Worker, name: str) -> list[dict[str, Any]]:
    """What a worker has said of articles whose id has the name; every line it ever wrote must be one of JSON."""
    written = worker.log.removesuffix("\n").split("\n") if worker.log.endswith("\n") else []
    assert all(line.isascii() and line.isprintable() for line in written)
    return [line for line in map(json.loads, written) if name in line.get("article_id", "")]


def test_each_decision_on_a_hostile_article_is_one_line_that_leads_to_it_and_tells_nothing_of_it(road: Road) -> None:
    name, secret = uuid.uuid4().hex, uuid.uuid4().hex
    told = {
        "title": f"{HOSTILE} {secret}",
        "body": unique(f"Ministers of the Arctic Council met in Tromsø. {HOSTILE} {secret}"),
        "source": f"{HOSTILE} {secret}",
        "url": f"https://{secret}.example/",
    }
    ids = [f"{name}-{number}{HOSTILE}" for number in (1, 2)]
    values = [json.dumps({"id": article_id, **told}).encode() for article_id in ids]
    broken = json.dumps({"id": name, **told, "title": {secret: secret}}).encode()
    sent = road.send([*values, broken], key=name.encode())
    first, second, refused = (f"{ARTICLES}/{place.partition}/{offset}" for place, offset in sent)
    tagging, stories = road.crew["tagging"], road.crew["stories"]
    eventually(lambda: {line["event"] for line in lines(stories, name)} == {"alert", "repeat"})
    eventually(lambda: refused in tagging.log)

    alert, repeat = sorted(lines(stories, name), key=lambda line: str(line["event"]))
    assert (alert["event"], alert["level"], alert["origin"]) == ("alert", "info", first)
    assert (repeat["event"], repeat["level"], repeat["origin"]) == ("repeat", "info", second)
    assert [line["article_id"].partition("Arctic")[0] for line in (alert, repeat)] == [f"{name}-1", f"{name}-2"]
    assert alert["story_id"] == repeat["story_id"]

    (rejected,) = (line for line in map(json.loads, tagging.log.splitlines()) if line.get("origin") == refused)
    assert (rejected["event"], rejected["level"], rejected["reason"]) == ("rejected", "warning", "wrong-shape")
    for line in (alert, repeat, rejected):
        assert line.keys() == EXAMPLES[line["event"]].keys()
    assert secret not in tagging.log + stories.log
