"""The table on standard output, at most 100 columns wide."""
TITLES = {"product": "one matrix product, M x K x N",
          "layer": "one layer, time of a pass",
          "step": "one time step of one row, its state carried on",
          "training": "training steps of a language model, words/s",
          "memory": "peak memory of the process that trains"}
NAME_WIDTH, PASS_WIDTH, VALUE_WIDTH, FIGURE_WIDTH, RATIO_WIDTH = 22, 9, 9, 5, 7
PASSES = {"forward_us": "forward", "forward_backward_us": "+backward"}


def figure(value, unit):
    """Three digits or more, with the unit that fits."""
    if unit == "us":
        for scale, name in ((1e6, "s"), (1e3, "ms"), (1, "µs")):
            if value >= scale or scale == 1:
                value /= scale
                return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2}f} {name}"
    if unit == "bytes":
        return f"{value / 1e6:.0f} MB"
    return f"{value:,.0f}"


def ratio(ours, theirs, unit):
    """How many times faster unroll is; of memory: unroll's share of the rival's."""
    value = theirs / ours if unit == "us" else ours / theirs
    if unit == "bytes":
        return f"{value:.3f}"
    return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f}×"


def heading(kind, threads, rivals, labels):
    """Two lines: what follows, and the columns."""
    has_pass, has_rate = kind == "layer", kind != "memory"
    columns = f"{'':<{NAME_WIDTH}}" + (f"{'':<{PASS_WIDTH}}" if has_pass else "")
    columns += f"{'unroll':>{VALUE_WIDTH}}" + (f"{'GF/s':>{FIGURE_WIDTH}}" if has_rate else "")
    for rival in rivals:
        columns += f"{labels[rival]:>{VALUE_WIDTH + RATIO_WIDTH}}"
    count = f"{threads} thread{'s' if threads > 1 else ''}"
    return f"\n{TITLES[kind]}, {count}\n{columns}"


def line(row, key, unit, results, gflops, rivals):
    """One row: unroll's value, and of each rival its value and the ratio."""
    kind = "memory" if unit == "bytes" else row["kind"]
    text = f"{row['name']:<{NAME_WIDTH}}"
    if kind == "layer":
        text += f"{PASSES[key]:<{PASS_WIDTH}}"
    ours = results.get("unroll", {}).get(key)
    text += f"{figure(ours, unit) if ours else '–':>{VALUE_WIDTH}}"
    if kind != "memory":
        text += f"{format(gflops, '.0f') if gflops else '–':>{FIGURE_WIDTH}}"
    for rival in rivals:
        theirs = results.get(rival, {}).get(key)
        text += f"{figure(theirs, unit) if theirs else '–':>{VALUE_WIDTH}}"
        text += f"{ratio(ours, theirs, unit) if ours and theirs else '':>{RATIO_WIDTH}}"
    return text.rstrip()
