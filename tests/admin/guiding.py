"""What the guided form of a benchmark is sent."""

LINE = {
    "unit": "proportion", "unit_label": "", "higher_is_better": "True", "decimals": "2",
    "question_count": "", "questions_of": "", "is_share_of_questions": "on",
}  # fmt: skip


def guided_data(*lines, **fields):
    """`lines` are those of metrics, as far as they differ from LINE; one empty line follows."""
    data = {
        "name": "MedQA", "language": "English", "aggregate": "", "aggregate_name": "overall",
        "title": "Medicine", "line-TOTAL_FORMS": str(len(lines) + 1), "line-INITIAL_FORMS": "0",
    } | fields  # fmt: skip
    for number, line in enumerate([*lines, {"name": ""}]):
        sent = {name: value for name, value in (LINE | line).items() if value is not None}
        data |= {f"line-{number}-{name}": value for name, value in sent.items()}
    return data
