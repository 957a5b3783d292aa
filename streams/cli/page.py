"""A backtest as one HTML file: no script, nothing from elsewhere, readable by day, by night and on a phone.

It is built as a tree and written by a serializer, so that nothing in an article can be mark-up.
"""

from collections.abc import Collection, Iterable
from importlib.resources import files
from xml.etree import ElementTree as Tree

from streams.cli.chart import chart
from streams.cli.figures import Figures, by_rule, overview, span, thresholds
from streams.cli.screen import on_one_line
from streams.proofreading.clippings import Clipping, Mark, segments
from streams.proofreading.report import Change, Report, RuleRecord, TopicRecord

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_SAFE = ("https://", "http://")

Child = Tree.Element | str


def page(report: Report, about: str = "") -> str:
    """The report as the text of an HTML file; `about` says of what."""
    style = (files("streams.cli") / "page.css").read_text(encoding="utf-8")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", {"http-equiv": "Content-Security-Policy"}, content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", "Northwire backtest"),
        element("style", style),
    )
    body = element(
        "body",
        element("h1", "Backtest"),
        *([element("p", on_one_line(about))] if about else ()),
        element("p", span(report), {"class": "quiet"}),
        _table(overview(report), [topic.topic for topic in report.topics]),
        *(_topic(topic, report) for topic in report.topics),
        _legend(report),
    )
    root = element("html", head, body, lang="en")
    return "<!doctype html>\n" + Tree.tostring(root, encoding="unicode", method="html") + "\n"


def element(tag: str, *children: Child | dict[str, str], **attributes: str) -> Tree.Element:
    """An element with attributes, by name or in mappings, and children; text is only ever text."""
    made = Tree.Element(tag, attributes)
    last: Tree.Element | None = None
    for child in children:
        if isinstance(child, dict):
            made.attrib.update(child)
        elif isinstance(child, Tree.Element):
            made.append(child)
            last = child
        elif last is None:
            made.text = (made.text or "") + child
        else:
            last.tail = (last.tail or "") + child
    return made


def _table(figures: Figures, links: Collection[str] = ()) -> Tree.Element:
    """A table, in which the names that are ids in this page are links."""
    head = element("thead", element("tr", *(element("th", heading, scope="col") for heading in figures.headings)))
    body = element("tbody")
    for line in figures.lines:
        name: Child = element("a", line.name, href=f"#{line.name}") if line.name in links else line.name
        row = element("tr", element("th", name, scope="row"), *(element("td", number) for number in line.numbers))
        row.attrib.update({"class": "quiet"} if line.is_quiet else {})
        body.append(row)
    return element("div", element("table", head, body), {"class": "wide"})


def _topic(topic: TopicRecord, report: Report) -> Tree.Element:
    parts: list[Child] = [
        element("h2", topic.topic, " ", element("small", on_one_line(topic.title), thresholds(topic)))
    ]
    if report.months:
        before = topic.before.months if topic.before else None
        label = f"Articles per month on which {topic.topic} fires"
        volume = chart(report.months, topic.now.months, before, label)
        parts.append(element("figure", element("figcaption", *_key(topic)), volume))
    for what, changes in (("gained", topic.gained), ("lost", topic.lost)):
        if changes and changes.articles:
            few = f", {len(changes.sample)} shown" if len(changes.sample) < changes.articles else ""
            parts.append(element("h3", f"{changes.articles:,} {what}{few}"))
            parts.append(element("ol", *map(_change, changes.sample)))
    if topic.sample:
        few = f", {len(topic.sample):,} shown" if len(topic.sample) < topic.now.fired else ""
        parts.append(element("h3", f"Fires on {topic.now.fired:,}{few}"))
        parts.append(element("ol", *(_clipping(one, f"score {one.score:g}") for one in topic.sample)))
    for what, clippings in (("Wrong: fires, and is not about it", topic.wrong), ("Missed: is about it", topic.missed)):
        if clippings:
            parts.append(element("h3", f"{what} ({len(clippings):,})"))
            parts.append(element("ol", *(_clipping(one, f"score {one.score:g}") for one in clippings)))
    if topic.rules:
        parts += [element("h3", "Rules"), _table(by_rule(topic.rules)), *_idle(topic.rules)]
    return element("section", *parts, id=topic.topic)


def _key(topic: TopicRecord) -> Iterable[Child]:
    yield "Articles per month"
    if topic.before:
        for kind, said in (("both", "as before"), ("more", "more"), ("fewer", "fewer")):
            yield from (element("i", {"class": kind}), said)


def _change(change: Change) -> Tree.Element:
    return _clipping(change.clipping, f"{change.score_before:g} → {change.score:g}")


def _clipping(clipping: Clipping, fact: str) -> Tree.Element:
    title = element("strong", *_marked(clipping.title or clipping.id, clipping.title_marks))
    if clipping.url and clipping.url.lower().startswith(_SAFE):
        title = element("a", title, href=clipping.url, rel="noopener noreferrer")
    known = clipping.id if clipping.title else None
    facts = filter(None, (fact, clipping.published, clipping.source, known, ", ".join(clipping.rules)))
    return element(
        "li",
        title,
        element("p", *_marked(clipping.text, clipping.text_marks)),
        element("p", on_one_line(" · ".join(facts)), {"class": "quiet"}),
    )


def _marked(text: str, marks: Iterable[Mark]) -> Iterable[Child]:
    for piece, sort in segments(text, marks):
        yield element("mark", on_one_line(piece), {"class": sort}) if sort else on_one_line(piece)


def _idle(rules: Iterable[RuleRecord]) -> Iterable[Tree.Element]:
    idle = [(rule.rule, [term for term, found in rule.terms.items() if not found]) for rule in rules]
    count = sum(len(terms) for _, terms in idle)
    if count:
        entries = (
            element("p", element("b", rule), ": ", on_one_line(" · ".join(terms))) for rule, terms in idle if terms
        )
        yield element("details", element("summary", f"{count:,} terms that never count"), *entries)


def _legend(report: Report) -> Tree.Element:
    said: list[Child] = [
        "Found: articles in which a rule counts. Fires: in which the topic fires, too. Alone: in which it would not "
        "fire without the rule. Marked: ",
        element("mark", "counts", {"class": "counts"}),
        ", ",
        element("mark", "lacks context", {"class": "alone"}),
        ", ",
        element("mark", "cancelled", {"class": "cancelled"}),
        ".",
    ]
    if report.labelled:
        said.append(" Passing: mentions in passing on which the topic fires; they count for neither side.")
    return element("footer", element("p", *said, {"class": "quiet"}))
