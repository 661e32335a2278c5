"""Tables of what was measured, and where they go in a document."""

import re
from statistics import median

from .peers import FLOOR, OURS, SDK


def ratio(rows, name, other, key):
    """The ratio of two peers within each repetition, then its median; None if they never ran in the same one."""
    theirs = {row["rep"]: row[key] for row in rows.get(other, [])}
    ratios = [row[key] / theirs[row["rep"]] for row in rows.get(name, []) if theirs.get(row["rep"])]
    return median(ratios) if ratios else None


def of_axis(axis, result):
    """The table of one axis."""
    key, rows = axis.figures[0].key, result["rows"]
    out = [f"### {axis.title}", "", f"Axis `{axis.name}`; {placement(result)}; load average {result['load']:.1f} before it.", ""]
    titles = ["peer", "runs"] + [figure.title for figure in axis.figures] + ["× aws-sdk", "× floor-ideal"]
    out += [line(titles), line(["---"] * len(titles))]
    for name, measured in rows.items():
        figures = [spread([row[figure.key] for row in measured]) for figure in axis.figures]
        ratios = [times(ratio(rows, name, other, key)) for other in (SDK, FLOOR)]
        out.append(line([name, len(measured)] + figures + ratios))
    return "\n".join(out)


def of_goals(measured):
    """What ours is of the SDK, beside the goal and the floor. `measured` has axes and their rows."""
    titles = ["work", "goal", "ours", "the floor", ""]
    out = [line(titles), line(["---"] * len(titles))]
    for axis, rows in measured:
        key = axis.figures[0].key
        ours, floor = (ratio(rows, name, SDK, key) for name in (OURS, FLOOR))
        goal = "" if axis.goal is None else f"≤ {axis.goal:.2f}"
        verdict = "not measured" if ours is None else judged(ours, axis.goal)
        out.append(line([axis.title, goal, times(ours), times(floor), verdict]))
    return "\n".join(out)


def judged(value, goal):
    return "" if goal is None else "met" if value <= goal else "missed"


def of_capacity(measured):
    """What one core and one GiB serve, of ours. `measured` has axes and their rows."""
    # Axis, figure, what is served, and how many of it are in a second of a core or in a GiB.
    served = [
        ("calls-64", "cpu_us", "calls of 1 KB a second, one core", 1e6),
        ("calls-64-100k", "cpu_us", "calls of 100 KB a second, one core", 1e6),
        ("stream", "cpu_us", "events a second, one core, many in a read", 1e6),
        ("stream-native", "cpu_us", "events of Claude's own stream a second, one core, many in a read", 1e6),
        ("paced", "cpu_us", "events a second, one core, each by itself", 1e6),
        ("memory-1000", "kib", "open streams a GiB, by a thousand", 2**20),
        ("memory-10000", "kib", "open streams a GiB, by ten thousand", 2**20),
    ]
    units = {"cpu_us": "µs", "kib": "KiB"}
    rows = {axis.name: rows for axis, rows in measured}
    titles = ["what", "each takes", "so many"]
    out = [line(titles), line(["---"] * len(titles))]
    for axis, key, what, whole in served:
        figures = [row[key] for row in rows.get(axis, {}).get(OURS, [])]
        if figures:
            each = median(figures)
            out.append(line([what, f"{number(each)} {units[key]}", f"{whole / each:,.0f}"]))
    return "\n".join(out)


def placement(result):
    """Where client and server ran; results from before that was kept do not say."""
    return result.get("placement", "it is not known on which cores")


def line(cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def spread(values):
    """Median, least and most."""
    return f"{number(median(values))} ({number(min(values))} – {number(max(values))})"


def number(value):
    """Three digits that count, and all that are before the point."""
    if value is None:
        return ""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def times(ratio):
    return "" if ratio is None else f"{ratio:.2f}"


def write(document, region, text):
    """Puts text between `<!-- REGION -->` and `<!-- /REGION -->` of a document."""
    old = document.read_text()
    begin, end = f"<!-- {region} -->", f"<!-- /{region} -->"
    new, found = re.subn(f"{re.escape(begin)}.*{re.escape(end)}", lambda _: f"{begin}\n{text}\n{end}", old, flags=re.S)
    if found != 1:
        raise SystemExit(f"{document} has no place for {region}")
    document.write_text(new)
