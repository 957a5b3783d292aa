"""`northwire topics backtest`: what topics would have found in an archive."""

import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress

from streams.cleaning import clean
from streams.cli.options import TopicsDir
from streams.cli.page import page
from streams.cli.review import review
from streams.cli.screen import complain, print_line
from streams.cli.topicfiles import read_topics
from streams.errors import Refused, SourceError
from streams.ingest.sources import Message, Sources
from streams.proofreading.backtest import SHOWN, Backtest
from streams.proofreading.grades import Grade, Labelled, Labels
from streams.settings import read_settings
from streams.wire import decode_article, encode

_FORM = 'a label is {"id", "grades": {topic: 0, 1 or 2}}'


def backtest(
    corpus: Annotated[str, typer.Argument(metavar="CORPUS", help="An archive of articles.", show_default=False)],
    labels: Annotated[
        Path | None,
        typer.Option("--labels", metavar="LABELS", help="Grades of articles, one article a line.", show_default=False),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option("--against", metavar="DIR", help="The topics as they were, to compare with.", show_default=False),
    ] = None,
    topics: TopicsDir = None,
    shown: Annotated[
        int, typer.Option("--show", min=0, max=1000, help="Articles to show of each topic, drawn evenly.")
    ] = SHOWN,
    json: Annotated[bool, typer.Option("--json", help="The whole report as one line of JSON.")] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a report for a browser.", show_default=False)
    ] = None,
) -> None:
    """Say what topics would have found in an archive, and which rules never fire.

    Shows some of the articles on which each topic fires. With --against: which are gained and lost by the
    change instead. With --labels: precision, recall and
    F1 of each topic and rule. A grade of 2 says that the article is about the topic, 0 that it is not, 1
    is a passing mention and counts for neither. Reads what `northwire ingest` reads. What is refused is
    reported on standard error, and then the exit code is 1.
    """
    now = read_topics(topics)
    before = read_topics(against) if against else None
    grades = read_labels(labels) if labels else None
    if labels and grades:
        _require_watched(labels, grades, {topic.id for topic in (*now, *(before or ()))})
    run = Backtest(now, before, grades, shown)
    sources = Sources([corpus], complain)
    refused = 0
    for message in _with_progress(sources):
        try:
            article = clean(decode_article(message.raw))
        except Refused as refusal:
            complain(f"{message.place}: {refusal}")
            refused += 1
        else:
            run.read(article)
    report = run.report()
    if html:
        _write(html, page(report, _about(corpus, topics, against)))
    if json:
        print_line(encode(report))
    else:
        review(Console(highlight=False), report)
    if report.absent:
        articles = f"{len(report.absent):,} article{'s' if len(report.absent) > 1 else ''}"
        complain(f"labels of {articles} are not in {corpus}, such as that of {report.absent[0]}: left out.")
    if refused or sources.unreadable or report.absent:
        raise typer.Exit(1)


def read_labels(path: Path) -> Labels:
    """The labels of a file of lines. Raises `SourceError`."""
    decoder = msgspec.json.Decoder(Labelled)
    labels: dict[str, Mapping[str, Grade]] = {}
    for message in Sources([str(path)], _give_up):
        try:
            row = decoder.decode(message.raw)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise SourceError(f"{message.place}: {error}; {_FORM}.") from None
        if row.id in labels:
            raise SourceError(f"{message.place}: {row.id!r} is labelled twice: keep one line.")
        labels[row.id] = row.grades
    if not labels:
        raise SourceError(f"{path} holds no labels: {_FORM}, one a line.")
    return labels


def _require_watched(path: Path, labels: Labels, watched: Collection[str]) -> None:
    """Raises `SourceError` where a label speaks of a topic that is none of these."""
    for article, grades in labels.items():
        for topic in sorted(grades.keys() - set(watched)):
            known = ", ".join(sorted(watched))
            raise SourceError(f"{path}: {article!r} has a grade for {topic!r}, which is not watched: {known} are.")


def _about(corpus: str, topics: Path | None, against: Path | None) -> str:
    """What was read, with what."""
    folder = topics or read_settings().topics_dir
    watched = f"the topics of {folder}" if folder else "the shipped topics"
    return f"{corpus} · {watched}" + (f", against those of {against}" if against else "")


def _give_up(sentence: str) -> None:
    raise SourceError(sentence)


def _with_progress(sources: Sources) -> Iterator[Message]:
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task("backtest", total=sources.progress.total)
        for message in sources:
            yield message
            bar.update(task, completed=sources.progress.done)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SourceError(f"{path} cannot be written ({error}): name another file with --html.") from None
