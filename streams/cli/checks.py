"""`northwire topics check` and `northwire topics test`: whether topic files are sound, for editors and CI."""

from collections.abc import Iterable, Iterator
from typing import Annotated, NamedTuple

import typer

from streams.cli.options import TopicsPath
from streams.cli.screen import on_one_line
from streams.cli.topicfiles import open_topics
from streams.model import Evidence
from streams.proofreading.flaws import flaws
from streams.proofreading.trials import Trial, trials
from streams.tagging.topics import Topic
from streams.watchlist import Watchlist

_MOST_FINDINGS = 6
_GLIMPSE = 40


class _Remark(NamedTuple):
    is_error: bool
    sentence: str


def check(
    path: TopicsPath = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 for warnings, too.")] = False,
) -> None:
    """Say what is wrong with topic files, and try their examples.

    A line for each error (the file is no topic, an example fails) and each warning (a term that can never
    count, a sub-topic that no rule names, no examples). The exit code is 1 if there are errors.
    """
    watchlist = open_topics(path)
    remarks = list(_remarks(watchlist))
    for remark in remarks:
        print(on_one_line(remark.sentence))
    errors = sum(remark.is_error for remark in remarks)
    tally = f"{_count(errors, 'error')}, {_count(len(remarks) - errors, 'warning')}"
    print(f"{_inventory(watchlist.topics.values())}: {tally}")
    if errors or (strict and remarks):
        raise typer.Exit(1)


def try_examples(path: TopicsPath = None) -> None:
    """Try the examples of topic files.

    A line for each that fails: what fired and why, or what was found and how much is missing. Then the
    exit code is 1.
    """
    watchlist = open_topics(path)
    for refusal in sorted(watchlist.refused):
        for problem in refusal.problems:
            print(on_one_line(problem))
    tried = [(name, trial) for name, entry in watchlist.entries.items() for trial in trials(entry.topic)]
    failed = [(name, trial) for name, trial in tried if not trial.passed]
    for name, trial in failed:
        print(on_one_line(f"{name}: {_failure(trial)}"))
    print(f"{_count(len(tried), 'example')}, {len(failed)} failed")
    if failed or watchlist.refused:
        raise typer.Exit(1)


def _remarks(watchlist: Watchlist) -> Iterator[_Remark]:
    for refusal in sorted(watchlist.refused):
        yield from (_Remark(True, f"error: {problem}") for problem in refusal.problems)
    for name, entry in watchlist.entries.items():
        for trial in trials(entry.topic):
            if not trial.passed:
                yield _Remark(True, f"error: {name}: {_failure(trial)}: mend a rule, or the example")
        for flaw in flaws(entry.topic):
            yield _Remark(False, f"warning: {name}: {flaw}")


def _failure(trial: Trial) -> str:
    text = trial.article.title or trial.article.body
    glimpse = f"{text[:_GLIMPSE].rstrip()}…" if len(text) > _GLIMPSE else text
    return f"example {trial.kind} {trial.number} ({glimpse}): {_outcome(trial)}"


def _outcome(trial: Trial) -> str:
    """What happened to an example that failed."""
    if trial.verdict is None:
        return "does not fire: no term is found in it"
    match, fires, out_of_context = trial.verdict
    reached = f"its score is {match.score:g}, the threshold {match.threshold:g}"
    verb = "fires" if fires else "does not fire"
    parts = [
        ("found: ", [f"{_finding(one)} {one.weight:g}" for one in match.why]),
        ("without context: ", map(_finding, out_of_context)),
        ("cancelled: ", [f"“{one.text}” by {one.excluded_by}" for one in match.excluded]),
    ]
    return "; ".join((f"{verb}, {reached}", *(label + listed for label, found in parts if (listed := _listed(found)))))


def _finding(one: Evidence) -> str:
    return f"“{one.text}” ({one.rule})"


def _listed(found: Iterable[str]) -> str:
    unique = list(dict.fromkeys(found))
    more = len(unique) - _MOST_FINDINGS
    return ", ".join(unique[:_MOST_FINDINGS]) + (f" and {more} more" if more > 0 else "")


def _inventory(topics: Iterable[Topic]) -> str:
    watched = list(topics)
    rules = [rule for topic in watched for rule in topic.rules]
    examples = sum(len(topic.examples.match) + len(topic.examples.no_match) for topic in watched)
    return ", ".join(
        (
            _count(len(watched), "topic"),
            _count(len(rules), "rule"),
            _count(sum(len(rule.terms) for rule in rules), "term"),
            _count(examples, "example"),
        )
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
