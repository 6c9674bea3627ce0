"""Moves the texts in Chinese, with their history, from columns of their own into translations.

It is a migration of its own, so that PostgreSQL has checked the new rows before tables change.
"""

from django.db import migrations
from django.utils import timezone

CHINESE = "zh-hans"
TEXTS = {
    "leaderboard": ("title", "introduction", "methodology"),
    "benchmark": ("description",),
    "metric": ("description",),
}
AT_ONCE = 500  # rows of a statement


def move_chinese_texts(apps, schema_editor):
    for owner, fields in TEXTS.items():
        for field in fields:
            move_field(apps, owner, field)


def move_field(apps, owner, field):
    """Makes the translations of one field, and their history."""
    translations = apps.get_model("leaderboard", "Translation").objects
    records = apps.get_model("leaderboard", "HistoricalTranslation").objects
    texts = read_texts(apps, owner, field)
    changes = read_changes(apps, owner, field, texts)
    # A text that is gone needs an id too, for its history: its row is made and deleted again. The
    # database gives no id twice.
    owners = dict.fromkeys([*texts, *(pk for pk, *_ in changes)])
    rows = translations.bulk_create(
        [
            translations.model(
                **{f"{owner}_id": pk}, language=CHINESE, field=field, text=texts.get(pk, "")
            )
            for pk in owners
        ],
        batch_size=AT_ONCE,
    )
    translations.filter(**{f"{owner}__isnull": False}, field=field, text="").delete()
    ids = {getattr(row, f"{owner}_id"): row.pk for row in rows}
    records.bulk_create(
        (
            records.model(
                id=ids[pk], **{f"{owner}_id": pk}, language=CHINESE, field=field, text=text,
                history_type=kind, history_date=date, history_user_id=user,
                history_change_reason=reason,
            )
            for pk, text, kind, date, user, reason in changes
        ),
        batch_size=AT_ONCE,
    )  # fmt: skip


def read_texts(apps, owner, field):
    """{id of the owner: the text as it is now}, of those that have one."""
    rows = apps.get_model("leaderboard", owner).objects
    column = f"{field}_zh"
    return dict(rows.exclude(**{column: ""}).order_by("pk").values_list("pk", column))


def read_changes(apps, owner, field, texts):
    """[(id of the owner, text, kind, date, user, reason)] of each change of a text, oldest first.

    The last one of an owner leads to its text as it is now, whatever the history says.
    """
    history = apps.get_model("leaderboard", f"Historical{owner}").objects.order_by("history_id")
    columns = ("id", f"{field}_zh", "history_type", "history_date", "history_user_id",
               "history_change_reason")  # fmt: skip
    changes, known = [], {}
    for pk, text, kind, date, user, reason in history.values_list(*columns).iterator():
        text = "" if kind == "-" else text
        old = known.get(pk, "")
        if text != old:
            changes.append((pk, text or old, kind_of_change(old, text), date, user, reason))
            known[pk] = text
    now = timezone.now()
    for pk in [*texts, *(pk for pk in known if pk not in texts)]:
        old, text = known.get(pk, ""), texts.get(pk, "")
        if text != old:
            kind = kind_of_change(old, text)
            changes.append((pk, text or old, kind, now, None, "Moved into translations"))
    return changes


def kind_of_change(old, new):
    """As simple_history names it: + for a new text, - for one that went, ~ for another."""
    return "+" if not old else "~" if new else "-"


class Migration(migrations.Migration):

    dependencies = [
        ("leaderboard", "0008_translations"),
    ]

    operations = [
        migrations.RunPython(move_chinese_texts, migrations.RunPython.noop),
    ]
