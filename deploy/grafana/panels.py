"""The four kinds of panel: a number, lines, bars, and a band that shows when something was wrong.

Series whose names are known beforehand are lines, each in its own colour. Those that come from topic files, from the
settings or from the cluster are numbers, bars and bands, in which a name stands beside each.
"""

from collections.abc import Mapping
from string import ascii_uppercase
from typing import NamedTuple

from grafana_foundation_sdk.builders import dashboard as build, prometheus
from grafana_foundation_sdk.models import bargauge, common, dashboard, stat, statetimeline, timeseries
from grafana_foundation_sdk.models.dashboard import FieldColorModeId, Threshold

from deploy.grafana.palette import UNKNOWN
from deploy.grafana.queries import Query

SOURCE = dashboard.DataSourceRef(type_val="prometheus", uid="${datasource}")

_Steps = tuple[Threshold, ...]
_LAST = common.ReduceDataOptions(calcs=["lastNotNull"], fields="", values=False)
_ABSENT = dashboard.SpecialValueMap(
    options=dashboard.DashboardSpecialValueMapOptions(
        match=dashboard.SpecialValueMatch.NULL_AND_NAN,
        result=dashboard.ValueMappingResult(text="not measured", color=UNKNOWN, index=0),
    )
)


class Panel(NamedTuple):
    """A panel, how wide it is of 24, and what it draws."""

    title: str
    text: str
    """What it shows, and what to do when it is red."""
    queries: tuple[Query, ...]
    width: int
    drawing: build.Panel

    def build(self, number: int, x: int, y: int, height: int) -> build.Panel:
        """The panel at a place of the grid, as Grafana takes it."""
        place = dashboard.GridPos(h=height, w=self.width, x=x, y=y)
        drawing = self.drawing.id(number).title(self.title).description(self.text).datasource(SOURCE).grid_pos(place)
        return drawing.targets([_target(*each) for each in zip(ascii_uppercase, self.queries, strict=False)])


def number(
    title: str,
    text: str,
    *queries: Query,
    width: int,
    unit: str,
    steps: _Steps,
    decimals: int | None = None,
    quiet: str = "not measured",
    says: Mapping[str, str] | None = None,
    filled: bool = True,
) -> Panel:
    """The last value of each series, large; its course behind it unless it is asked for at one moment.

    `quiet` is said where there is none, and `says` maps values to words.
    """
    options = stat.Options(
        color_mode=common.BigValueColorMode.BACKGROUND_SOLID if filled else common.BigValueColorMode.VALUE,
        graph_mode=common.BigValueGraphMode.NONE if queries[0].instant else common.BigValueGraphMode.AREA,
        text_mode=common.BigValueTextMode.AUTO,
        reduce_options=_LAST,
    )
    drawing = _drawing("stat", unit, steps).options(options).no_value(quiet)
    mappings: list[dashboard.ValueMapping] = [_ABSENT] if quiet == "not measured" else []
    if says:
        words = {value: dashboard.ValueMappingResult(text=word, index=1) for value, word in says.items()}
        mappings.append(dashboard.ValueMap(options=words))
    drawing.mappings(mappings)
    if decimals is not None:
        drawing.decimals(decimals)
    return Panel(title, text, queries, width, drawing)


def lines(
    title: str,
    text: str,
    *queries: Query,
    width: int,
    unit: str,
    steps: _Steps,
    colours: Mapping[str, str],
    stacked: bool = False,
    limit: bool = False,
    interval: str | None = None,
) -> Panel:
    """The course of series whose names are known, in these colours; `limit` draws the thresholds too.

    `interval` is the shortest between two points, for what happens seldom.
    """
    style = common.GraphThresholdsStyleMode.DASHED if limit else common.GraphThresholdsStyleMode.OFF
    custom = timeseries.FieldConfig(
        draw_style=common.GraphDrawStyle.BARS if stacked else common.GraphDrawStyle.LINE,
        fill_opacity=80 if stacked else 10,
        line_width=0 if stacked else 2,
        show_points=common.VisibilityMode.AUTO,
        stacking=common.StackingConfig(mode=common.StackingMode.NORMAL, group="A") if stacked else None,
        thresholds_style=common.GraphThresholdsStyleConfig(mode=style),
    )
    options = timeseries.Options(
        legend=common.VizLegendOptions(
            calcs=["lastNotNull", "max"],
            display_mode=common.LegendDisplayMode.TABLE,
            placement=common.LegendPlacement.BOTTOM,
            show_legend=True,
        ),
        tooltip=common.VizTooltipOptions(mode=common.TooltipDisplayMode.MULTI, sort=common.SortOrder.DESCENDING),
    )
    drawing = _drawing("timeseries", unit, steps, "#999999").options(options).custom(custom).min(0)
    for name, colour in colours.items():
        fixed = {"mode": FieldColorModeId.FIXED, "fixedColor": colour}
        drawing.override_by_name(name, [dashboard.DynamicConfigValue("color", fixed)])
    if interval:
        drawing.interval(interval)
    return Panel(title, text, queries, width, drawing)


def bars(
    title: str,
    text: str,
    *queries: Query,
    width: int,
    unit: str,
    steps: _Steps,
    decimals: int | None = None,
    quiet: str = "none",
    highest: float | None = None,
) -> Panel:
    """The last value of each series as a bar with its name."""
    options = bargauge.Options(
        display_mode=common.BarGaugeDisplayMode.BASIC,
        orientation=common.VizOrientation.HORIZONTAL,
        name_placement=common.BarGaugeNamePlacement.LEFT,
        reduce_options=_LAST,
        legend=common.VizLegendOptions(
            display_mode=common.LegendDisplayMode.LIST, placement=common.LegendPlacement.BOTTOM, calcs=[]
        ),
    )
    drawing = _drawing("bargauge", unit, steps).options(options).no_value(quiet).min(0)
    if decimals is not None:
        drawing.decimals(decimals)
    if highest is not None:
        drawing.max(highest)
    return Panel(title, text, queries, width, drawing)


def band(
    title: str,
    text: str,
    *queries: Query,
    width: int,
    unit: str,
    steps: _Steps,
    says: Mapping[str, str] | None = None,
    interval: str | None = None,
) -> Panel:
    """A band for each series, in the colour of its value at each time."""
    options = statetimeline.Options(
        show_value=common.VisibilityMode.AUTO if says else common.VisibilityMode.NEVER,
        legend=common.VizLegendOptions(
            display_mode=common.LegendDisplayMode.LIST,
            placement=common.LegendPlacement.BOTTOM,
            show_legend=True,
            calcs=[],
        ),
        tooltip=common.VizTooltipOptions(mode=common.TooltipDisplayMode.SINGLE, sort=common.SortOrder.NONE),
    )
    drawing = _drawing("state-timeline", unit, steps).options(options).custom(statetimeline.FieldConfig())
    if says:
        words = {value: dashboard.ValueMappingResult(text=word, index=0) for value, word in says.items()}
        drawing.mappings([dashboard.ValueMap(options=words)])
    if interval:
        drawing.interval(interval)
    return Panel(title, text, queries, width, drawing)


def _drawing(kind: str, unit: str, steps: _Steps, fixed: str = "") -> build.Panel:
    colour = build.FieldColor().mode(FieldColorModeId.FIXED if fixed else FieldColorModeId.THRESHOLDS)
    if fixed:
        colour.fixed_color(fixed)
    thresholds = build.ThresholdsConfig().mode(dashboard.ThresholdsMode.ABSOLUTE).steps(list(steps))
    return build.Panel().type(kind).unit(unit).thresholds(thresholds).color_scheme(colour)


def _target(letter: str, query: Query) -> prometheus.Dataquery:
    target = prometheus.Dataquery().ref_id(letter).datasource(SOURCE).expr(query.expr).legend_format(query.legend)
    return target.instant() if query.instant else target.range()
