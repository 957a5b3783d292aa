"""`northwire topics show` and `explain`: what is looked for, and what became of an article."""

import sys
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from streams.cleaning import clean
from streams.cli.options import Paths, TopicsDir
from streams.cli.screen import complain, on_one_line, print_line
from streams.cli.topicfiles import read_topics
from streams.errors import Refused, TopicFileError
from streams.ingest.sources import Sources
from streams.model import Article, Evidence
from streams.proofreading.clippings import Mark, Sort, marks, segments
from streams.tagging.tagger import Tagger, Verdict
from streams.tagging.text import LEDE_LENGTH
from streams.tagging.topics import Topic
from streams.wire import decode_article, encode

_NARROWEST = 20
_STYLES: Mapping[Sort, str] = {"counts": "bold green underline", "alone": "yellow underline", "cancelled": "red strike"}
_SIGNS: Mapping[Sort, tuple[str, str]] = {"counts": ("{+", "+}"), "alone": ("{?", "?}"), "cancelled": ("{-", "-}")}
"""Where there are no colours."""

TopicId = Annotated[str | None, typer.Option("--topic", metavar="ID", help="Only this topic.", show_default=False)]


def show(
    topic: Annotated[str | None, typer.Argument(metavar="TOPIC", help="The id of a topic.", show_default=False)] = None,
    topics: TopicsDir = None,
) -> None:
    """Show the topics that are watched, or the rules of one."""
    watched = _chosen(read_topics(topics), topic)
    console = Console(highlight=False)
    if topic is None:
        console.print(_overview(watched))
    else:
        _show_rules(console, watched[0])


def explain(
    articles: Paths,
    topics: TopicsDir = None,
    topic: TopicId = None,
    json: Annotated[bool, typer.Option("--json", help="One line of JSON per article.")] = False,
) -> None:
    """Say what topics make of an article: the arithmetic of the score, and the text with the findings.

    What counts is marked {+so+}, what lacks context {?so?}, what an exclusion cancels {-so-}; on a terminal
    in colours. Reads what `northwire tag` reads. What is refused is reported on standard error, and then the
    exit code is 1.
    """
    tagger = Tagger(_chosen(read_topics(topics), topic))
    console = Console(highlight=False)
    refused = 0
    sources = Sources(articles, complain)
    for message in sources:
        try:
            article = clean(decode_article(message.raw))
        except Refused as refusal:
            complain(f"{message.place}: {refusal}")
            refused += 1
            continue
        verdicts = {verdict.match.topic: verdict for verdict in tagger.weigh(article)}
        if json:
            print_line(_as_json(article, verdicts.values(), message.place))
        else:
            _explain(console, article, message.place, tagger.topics, verdicts)
    if refused or sources.unreadable:
        raise typer.Exit(1)


def schema() -> None:
    """Print the JSON Schema of a topic file, with which editors complete and check it."""
    sys.stdout.write((files("streams") / "schemas" / "topic.json").read_text(encoding="utf-8"))


def _chosen(topics: Iterable[Topic], topic_id: str | None) -> list[Topic]:
    watched = list(topics)
    chosen = [topic for topic in watched if topic_id in (None, topic.id)]
    if not chosen:
        raise TopicFileError(f"there is no topic {topic_id!r}: there are {', '.join(topic.id for topic in watched)}.")
    return chosen


def _overview(topics: Iterable[Topic]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("topic", "title", "version"):
        table.add_column(heading)
    for heading in ("rules", "terms", "exclusions", "examples"):
        table.add_column(heading, justify="right")
    for topic in topics:
        examples = len(topic.examples.match) + len(topic.examples.no_match)
        terms = sum(len(rule.terms) for rule in topic.rules)
        numbers = (len(topic.rules), terms, len(topic.exclusions), examples)
        table.add_row(*map(plain, (topic.id, topic.title, topic.version, *map(str, numbers))))
    return table


def _show_rules(console: Console, topic: Topic) -> None:
    console.print(Text.assemble((topic.id, "bold"), plain(f" · {topic.title} · version {topic.version}")))
    console.print(
        Text(
            f"fires at {topic.threshold:g}; title × {topic.title_boost:g}, lede × {topic.lede_boost:g}; "
            f"context within {topic.context_within} steps; damping {topic.damping:g}",
            "dim",
        )
    )
    for rule in topic.rules:
        facts = [f"{rule.weight:g}", *([topic.subtopics[rule.subtopic]] if rule.subtopic else ())]
        facts += ["needs context"] if rule.needs_context else []
        console.print(Text.assemble("\n", (rule.id, "bold"), (f" · {on_one_line(' · '.join(facts))}", "dim")))
        _print_list(console, rule.terms)
    if topic.exclusions:
        console.print(Text.assemble("\n", ("exclusions", "bold")))
        _print_list(console, topic.exclusions)


def _print_list(console: Console, entries: Iterable[str]) -> None:
    """An entry a line; where one needs several, those that follow hang."""
    for entry in entries:
        lines = plain(entry).wrap(console, max(_NARROWEST, console.width - 4))
        console.print(Padding(Text("\n  ").join(lines), (0, 0, 0, 2), expand=False))


def plain(text: str, style: str = "") -> Text:
    """Text from outside, on one line, that is neither mark-up nor a command to the terminal."""
    return Text(on_one_line(text), style)


def marked(text: str, found: Iterable[Mark], colours: bool) -> Text:
    """A text with its findings marked, by colours or by signs."""
    shown = Text()
    for piece, sort in segments(text, found):
        before, after = _SIGNS[sort] if sort and not colours else ("", "")
        shown.append(before + on_one_line(piece) + after, _STYLES[sort] if sort else None)
    return shown


def _explain(
    console: Console, article: Article, place: str, topics: Iterable[Topic], verdicts: Mapping[str, Verdict]
) -> None:
    date = f"{article.published_at:%Y-%m-%d}" if article.published_at else None
    console.print(plain(article.title or place, "bold"))
    if about := " · ".join(filter(None, (article.source, date, article.url))):
        console.print(plain(about, "dim"))
    for topic in topics:
        console.print()
        if verdict := verdicts.get(topic.id):
            _explain_verdict(console, article, topic, verdict)
        else:
            console.print(Text.assemble((topic.id, "bold"), " finds nothing"))
    console.print()


def _explain_verdict(console: Console, article: Article, topic: Topic, verdict: Verdict) -> None:
    match = verdict.match
    outcome = ("fires", "bold green") if verdict.fires else ("does not fire", "bold red")
    score = f": the score is {match.score:g}, the threshold {match.threshold:g}"
    version = (f" version {on_one_line(topic.version)} ", "dim")
    console.print(Text.assemble((topic.id, "bold"), version, outcome, score))
    if match.why:
        _print_below(console, _arithmetic(verdict))
    if verdict.out_of_context or match.excluded:
        _print_below(console, _uncounted(topic, verdict))
    console.print()
    for line in _text(article, verdict, console.color_system is not None and console.is_terminal):
        console.print(Padding(line, (0, 0, 0, 2), expand=False))


def _print_below(console: Console, table: Table) -> None:
    console.print()
    console.print(Padding(table, (0, 0, 0, 2), expand=False))


def _arithmetic(verdict: Verdict) -> Table:
    """Weight of the rule × boost of the place (× damping) = what it adds."""
    damping = verdict.match.damping
    table = Table(box=None, pad_edge=False, header_style="dim", show_footer=True)
    table.add_column("adds", f"{verdict.match.score:.3f}", justify="right", footer_style="bold", no_wrap=True)
    table.add_column("weight × boost" + " × damping" * (damping != 1), "the score", footer_style="dim", no_wrap=True)
    table.add_column("place", no_wrap=True)
    table.add_column("found", overflow="fold")
    seen: set[str] = set()
    for one in verdict.match.why:
        product = f"{one.rule_weight:g} × {one.boost:g}" + f" × {damping:g}" * (damping != 1)
        place = one.field if one.field == "title" or one.end > LEDE_LENGTH else "lede"
        again = ", again" if one.term in seen else ""
        seen.add(one.term)
        table.add_row(f"{one.weight:.3f}", product, place + again, _found(one))
    return table


def _found(one: Evidence) -> Text:
    term = "" if one.term.casefold() == one.text.casefold() else f": {one.term}"
    return Text.assemble(plain(f"“{one.text}”"), plain(f" {one.rule}{term}", "dim"))


def _uncounted(topic: Topic, verdict: Verdict) -> Table:
    """What was found and does not count, and why."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column("found", overflow="fold")
    table.add_column("why", overflow="fold")
    alone = f"lacks context: no other term within {topic.context_within} steps"
    rules: dict[tuple[str, str], list[str]] = {}
    for one in verdict.out_of_context:
        rules.setdefault((one.text, alone), []).append(one.rule)
    for span in verdict.match.excluded:
        rules.setdefault((span.text, f"cancelled by {span.excluded_by}"), []).append(span.rule)
    for (found, why), names in rules.items():
        told = plain(f" {', '.join(dict.fromkeys(names))}", "dim")
        table.add_row(Text.assemble(plain(f"“{found}”"), told), plain(why))
    return table


def _text(article: Article, verdict: Verdict, colours: bool) -> Iterable[Text]:
    """Title and body with the findings marked; paragraphs without any are left out."""
    if article.title:
        yield marked(article.title, marks(verdict, "title"), colours)
    place, skipped = 0, 0
    found = marks(verdict, "body")
    for paragraph in article.body.split("\n"):
        start, end = place, place + len(paragraph)
        place = end + 1
        here = [Mark(one.start - start, one.end - start, one.sort) for one in found if start <= one.start < end]
        if here:
            yield from _left_out(skipped)
            skipped = 0
            yield marked(paragraph, here, colours)
        else:
            skipped += bool(paragraph)
    yield from _left_out(skipped)


def _left_out(paragraphs: int) -> Iterable[Text]:
    if paragraphs:
        yield Text(f"[… {paragraphs} {'paragraph' if paragraphs == 1 else 'paragraphs'} without a finding]", "dim")


def _as_json(article: Article, verdicts: Iterable[Verdict], place: str) -> bytes:
    return encode(
        {
            "id": article.id,
            "title": article.title,
            "verdicts": [
                {"fires": verdict.fires, "match": verdict.match, "out_of_context": verdict.out_of_context}
                for verdict in verdicts
            ],
            "place": place,
        }
    )
