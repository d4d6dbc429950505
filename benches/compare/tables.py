"""Makes tables of the lines that the benchmarks print: `figure`, row, what, size, value, unit, apart by tabs.

The first entry of a row is what the others are compared with: `x` says how often the first is better, by its ratio of
time or memory, or of rate.
"""

import sys

TITLES = {
    "1": "1  Deciding: licence, eligibility, first range that fits; one core",
    "2": "2  Full sync of everybody from the simulator, another process; SQLite",
    "3": "3  A hundred changes, in a process that has synced before; SQLite",
    "4": "4  Numbers for joiners from ranges of a million, half of them taken",
    "5": "5  Rule text to ready index",
    "7": "7  Reads over HTTP, each server a process of its own; SQLite",
}


def shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def main() -> None:
    rows: dict = {}
    for line in sys.stdin:
        parts = line.rstrip("\n").split("\t")
        if len(parts) == 6 and parts[0] == "figure":
            _, row, what, size, value, unit = parts
            rows.setdefault(row, {}).setdefault((what, unit), {})[size] = float(value)
    for row in sorted(rows):
        table(TITLES.get(row, row), rows[row])


def size_of(size: str) -> int:
    return int(size.split()[0].replace(",", ""))


def table(title: str, entries: dict) -> None:
    sizes = sorted({size for values in entries.values() for size in values}, key=size_of)
    first: dict = {}
    lines = [["", "", *(cell for size in sizes for cell in (size, "x")), "growth"]]
    for (what, unit), values in entries.items():
        base = first.setdefault(unit, values)
        cells = [what, unit]
        for size in sizes:
            value, other = values.get(size), base.get(size)
            cells.append("" if value is None else shown(value))
            if value is None or other is None or values is base:
                cells.append("")
            else:
                cells.append(shown(other / value if unit.startswith("a second") else value / max(other, 1e-9)))
        known = [values[size] for size in sizes if size in values]
        cells.append(shown(known[-1] / known[0]) if len(known) > 1 and known[0] > 0 else "")
        lines.append(cells)
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    print(f"\n{title}\n")
    for line in lines:
        cells = [cell.ljust(width) if at < 2 else cell.rjust(width) for at, (cell, width) in enumerate(zip(line, widths))]
        print("  ".join(cells).rstrip())


main()
