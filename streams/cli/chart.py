"""Volume over time as an SVG: a bar for each month, and how it differs from before."""

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as Tree

_WIDTH, _HEIGHT = 720.0, 150.0
_LEFT, _TOP, _BOTTOM = 34.0, 10.0, 20.0
_MOST_BARS = 300
_ROOM_FOR_A_YEAR = 36.0


def chart(months: Sequence[str], now: Sequence[int], before: Sequence[int] | None, label: str) -> Tree.Element:
    """Bars for `now`, with what is more or fewer than `before`; a number for each month (YYYY-MM), at least one."""
    if len(months) > _MOST_BARS:
        years = [month[:4] for month in months]
        before = list(_by_year(years, before)) if before else None
        months, now = sorted(set(years)), list(_by_year(years, now))
    most = _round_up(max(*now, *(before or ()), 1))
    figure = Tree.Element("svg", {"viewBox": f"0 0 {_WIDTH:g} {_HEIGHT:g}", "role": "img", "aria-label": label})
    _draw_scale(figure, months, most)
    step = (_WIDTH - _LEFT) / len(months)
    for place, month in enumerate(months):
        group = Tree.SubElement(figure, "g")
        number, was = now[place], before[place] if before else now[place]
        Tree.SubElement(group, "title").text = f"{month}: {number:,}" + (f", before {was:,}" if before else "")
        left, width = _LEFT + (place + 0.1) * step, 0.8 * step
        _draw_box(group, "hover", left - 0.1 * step, _TOP, step, _HEIGHT - _TOP - _BOTTOM)
        both, either = _height_of(min(number, was), most), _height_of(max(number, was), most)
        _draw_box(group, "both", left, both, width, _HEIGHT - _BOTTOM - both)
        _draw_box(group, "more" if number > was else "fewer", left, either, width, both - either)
    return figure


def _by_year(years: Sequence[str], numbers: Sequence[int]) -> Iterator[int]:
    for year in sorted(set(years)):
        yield sum(number for each, number in zip(years, numbers, strict=True) if each == year)


def _draw_scale(figure: Tree.Element, months: Sequence[str], most: int) -> None:
    for number in sorted({0, most // 2, most} if most > 1 else {0, 1}):
        y = f"{_height_of(number, most):.1f}"
        Tree.SubElement(figure, "line", {"class": "scale", "x1": f"{_LEFT:g}", "x2": f"{_WIDTH:g}", "y1": y, "y2": y})
        at = {"x": f"{_LEFT - 5:g}", "y": y, "dy": "0.32em", "text-anchor": "end"}
        Tree.SubElement(figure, "text", at).text = f"{number:,}"
    step = (_WIDTH - _LEFT) / len(months)
    free = 0.0
    for place, month in enumerate(months):
        x = _LEFT + place * step
        begins = place == 0 or month[:4] != months[place - 1][:4]
        if begins and x >= free and x + _ROOM_FOR_A_YEAR <= _WIDTH:
            Tree.SubElement(figure, "text", {"x": f"{x:.1f}", "y": f"{_HEIGHT - 5:g}"}).text = month[:4]
            free = x + _ROOM_FOR_A_YEAR


def _draw_box(group: Tree.Element, kind: str, x: float, y: float, width: float, height: float) -> None:
    if height <= 0:
        return
    box = {"x": x, "y": y, "width": width, "height": height}
    Tree.SubElement(group, "rect", {"class": kind, **{name: f"{number:.1f}" for name, number in box.items()}})


def _height_of(number: int, most: int) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * number / most


def _round_up(number: int) -> int:
    """The next of 1, 2, 4, 6, 8, 10, 20, 40 … that is not smaller."""
    unit = 1
    while number > 10 * unit:
        unit *= 10
    return next(most for most in (unit, 2 * unit, 4 * unit, 6 * unit, 8 * unit, 10 * unit) if most >= number)
