"""A preview as JSON, for programs: of the command with --json, and of the API."""

from typing import Any

from leaderboard.readers.registry import ReadFile

from .effects import Effects
from .preview import WRITES, Preview, State


def build_document(
    file: ReadFile, preview: Preview, effects: Effects, is_dry_run: bool
) -> dict[str, Any]:
    """Return the preview for programs; numbers are texts, so that no digit is lost."""
    files = [
        {"file": one.name, "sha256": one.sha256, "format": one.format} for one in file.reading.files
    ]
    return ({"files": files} if files else {}) | {
        "file": file.name,
        "sha256": file.sha256,
        "format": file.format,
        "summary": summarize(preview) + (" (dry run)" if is_dry_run else ""),
        "is_stored": False,
        "changes": preview.change_count,
        "counts": {str(state): preview.counts[state] for state in State},
        "new_llms": [str(target.new) for target in preview.new_llms],
        "new_metrics": [target.new.key for target in preview.new_metrics],
        "lines": [line.as_document() for line in preview.lines],
        "disagreements": [
            {"llm": cell.llm.name, "metric": cell.metric.full_name, **cell.numbers}
            for cell in effects.disagreements
        ],
        "ranks": [change._asdict() for change in effects.ranks],
        "notes": list(preview.notes),
    }


def summarize(preview: Preview) -> str:
    """Return the last line of the output, like “5 changes: 4 new, 1 new LLM”."""
    counts = [
        f"{preview.counts[state]} {state}"
        for state in State
        if state in WRITES and preview.counts[state]
    ]
    made = [("new LLM", preview.new_llms), ("new metric", preview.new_metrics)]
    counts += [f"{len(rows)} {name}{'s' * (len(rows) > 1)}" for name, rows in made if rows]
    total = f"{preview.change_count} change{'s' * (preview.change_count != 1)}"
    return f"{total}: {', '.join(counts)}" if preview.change_count else total
