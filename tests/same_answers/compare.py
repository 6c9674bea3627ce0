"""What differs between two files of answers."""

import json
from itertools import zip_longest


def compare(before_path: str, after_path: str, is_loose: bool) -> int:
    """Print the first difference of every answer that differs; 1 if there is one, else 0."""
    before, after = (load(path) for path in (before_path, after_path))
    differences = 0
    for address in sorted(before.keys() | after.keys()):
        found = difference(before.get(address), after.get(address), is_loose)
        if found:
            differences += 1
            print(f"{address[:200]}\n    {found}")
    print(f"{differences} of {len(before.keys() | after.keys())} answers differ")
    return 1 if differences else 0


def load(path: str) -> dict[str, dict]:
    with open(path, encoding="utf-8") as file:
        answers: dict[str, dict] = json.load(file)
    return answers


def difference(before: dict | None, after: dict | None, is_loose: bool) -> str:
    """In words; "" if there is none."""
    if before is None or after is None:
        return "asked for only " + ("after" if before is None else "before")
    for part in ("status", "cookies"):
        if before[part] != after[part]:
            return f"{part}: {before[part]} → {after[part]}"
    for name in sorted(before["headers"].keys() | after["headers"].keys()):
        old, new = (each["headers"].get(name) for each in (before, after))
        if old != new:
            return f"header {name}: {old} → {new}"
    if found := difference_of_bodies(*(lines_of(each, is_loose) for each in (before, after))):
        return found
    old, new = before.get("second"), after.get("second")
    if (old or new) and (found := difference(old or before, new or after, is_loose)):
        return f"asked for again, {found}"
    return ""


def lines_of(answer: dict, is_loose: bool) -> list[str]:
    lines = answer["body"].split("\n")
    if is_loose and answer["headers"].get("Content-Type", "").startswith("text/html"):
        return [line.strip(" ") for line in lines if line.strip(" ")]
    return lines


def difference_of_bodies(before: list[str], after: list[str]) -> str:
    for number, (old, new) in enumerate(zip_longest(before, after)):
        if old != new:
            context = " ".join(before[max(0, number - 3) : number])[-120:]
            change = f"\n    - {shown(old, new)}\n    + {shown(new, old)}"
            return f"line {number + 1}: … {context}{change}"
    return ""


def shown(line: str | None, other: str | None) -> str:
    """A long line from shortly before where the two part."""
    if line is None:
        return "(nothing)"
    pairs = enumerate(zip_longest(line, other or ""))
    begin = max(0, next(number for number, (one, two) in pairs if one != two) - 40)
    return f"{'…' if begin else ''}{line[begin : begin + 160]!r}"
