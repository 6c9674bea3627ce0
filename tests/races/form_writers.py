"""The forms of the admin by which content is written.

A writer is prepared (its form is opened), then writes in a thread, and says what it was told; what
it was told is saved has to be stored or in the history.
"""

from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from leaderboard.models import (
    LLM,
    Alias,
    Appearance,
    Column,
    Component,
    Leaderboard,
    Metric,
    Picture,
    Release,
    Score,
    SitePage,
    Translation,
)
from tests.page_reader import page_form
from tests.rebranding import LOGO

from .racing import told_by


def address(row, view="change"):
    return reverse(f"admin:leaderboard_{row._meta.model_name}_{view}", args=[row.pk])


def records(model, **fields):
    return model.history.filter(**fields).exists()


def asks(response):
    """Whether a form shows what it will change, and has stored nothing."""
    return b'id="check"' in response.content


def confirmed(response):
    return page_form(response, "check") | {"public_reason": "It was defined wrongly."}


class Writer:
    """`name` says what is done; `prepare` reads, `write` writes, `is_kept` looks for it."""

    name = ""

    def __init__(self, site, client, folder):
        self.site, self.client, self.folder = site, client, folder
        self.prepare()

    def prepare(self):
        pass


class Form(Writer):
    """A form that was opened before the race."""

    changes = {}

    def row(self):
        raise NotImplementedError

    def prepare(self):
        row = self.row()
        self.address = address(row)
        self.data = page_form(self.client.get(self.address), f"{row._meta.model_name}_form")
        self.data |= self.changed()

    def changed(self):
        return self.changes

    def write(self):
        """What a form says that it will change is confirmed, so it is sent twice."""
        response = self.client.post(self.address, self.data)
        if asks(response):
            response = self.client.post(self.address, confirmed(response))
        return told_by(response)


class EditLLM(Form):
    name = "the form of an LLM, with a score"
    changes = {"license": "GPL", "score-first": "0.85", "reason": "Measured again."}

    def row(self):
        return self.site.alpha

    def is_kept(self):
        return records(LLM, license="GPL") and records(Score, value=Decimal("0.85"))


class Freeze(Writer):
    """Freezes what its page shows; where somebody edited meanwhile, it looks and confirms again."""

    name = "a release of the leaderboard"

    def prepare(self):
        self.address = reverse("admin:freeze-release", args=[self.site.board.pk])
        self.data = page_form(self.client.get(self.address), "freeze_form")

    def write(self):
        told = self.client.post(self.address, self.data)
        if told.status_code == 200:
            told = self.client.post(self.address, page_form(told, "freeze_form"))
        return told_by(told)

    def is_kept(self):
        return Release.objects.filter(name=self.data["name"]).exists()


class AddLLM(Writer):
    name = "the form of a new LLM"

    def prepare(self):
        self.address = reverse("admin:leaderboard_llm_add")
        self.data = page_form(self.client.get(self.address), "llm_form")
        self.data |= {"name": "Gamma", "score-second": "0.3"}

    def write(self):
        return told_by(self.client.post(self.address, self.data))

    def is_kept(self):
        return records(LLM, name="Gamma", history_type="+") and records(Score, value=Decimal("0.3"))


class NarrowRange(Form):
    name = "the form of a metric: its range"
    changes = {"maximum": "0.8"}

    def row(self):
        return self.site.first

    def is_kept(self):
        return records(Metric, key="first", maximum=Decimal("0.8"))


class ChangeUnit(Form):
    name = "the form of a metric: its unit"
    changes = {"unit": "percent", "maximum": "100"}

    def row(self):
        return self.site.spare

    def is_kept(self):
        return records(Metric, key="spare", unit="percent")


class ForgetQuestions(Form):
    name = "the form of a metric: its questions"
    changes = {"question_count": ""}

    def row(self):
        return self.site.spare

    def is_kept(self):
        return records(Metric, key="spare", question_count=None)


class AddComponent(Form):
    name = "a component without a weight"

    def row(self):
        return self.site.overall

    def part(self):
        return self.site.spare

    def changed(self):
        last = int(self.data["components-INITIAL_FORMS"])
        return {
            "components-TOTAL_FORMS": str(last + 1),
            f"components-{last}-position": "5",
            f"components-{last}-metric": str(self.part().pk),
            f"components-{last}-weight": "",
        }

    def is_kept(self):
        return records(Component, aggregate_id=self.row().pk, metric_id=self.part().pk)


class AddTwoToOne(AddComponent):
    name = "an aggregate as a component of another"

    def row(self):
        return self.site.one

    def part(self):
        return self.site.two


class AddOneToTwo(AddComponent):
    name = "the other as a component of the first"

    def row(self):
        return self.site.two

    def part(self):
        return self.site.one


class RemoveColumn(Form):
    name = "the form of a leaderboard: a column less"

    def row(self):
        return self.site.board

    def changed(self):
        return {"columns-2-DELETE": "on"}  # the third metric

    def is_kept(self):
        return records(Column, metric_id=self.site.third.pk, history_type="-")


class ConfirmedRedefinition(Form):
    """The page that asks was opened before the race: what it showed may be another effect now."""

    name = "the confirmation of another kind of aggregate"

    def row(self):
        return self.site.overall

    def prepare(self):
        super().prepare()
        self.data |= {"aggregate": "mean"}
        asked = self.client.post(self.address, self.data)
        assert asks(asked)
        self.data = confirmed(asked)

    def write(self):
        return told_by(self.client.post(self.address, self.data))

    def is_kept(self):
        reason = "It was defined wrongly."
        return records(Metric, key="overall", aggregate="mean", history_change_reason=reason)


class RankByThird(Form):
    name = "the form of a leaderboard: its ranking metric"

    def row(self):
        return self.site.board

    def changed(self):
        return {"ranking_metric": str(self.site.third.pk)}

    def is_kept(self):
        return records(Leaderboard, slug="board", ranking_metric_id=self.site.third.pk)


class Translate(Form):
    name = "the form of a leaderboard: its Chinese title"
    changes = {"title-zh-hans": "排行榜"}

    def row(self):
        return self.site.board

    def is_kept(self):
        return records(Translation, text="排行榜")


class EditAppearance(Form):
    name = "the form of the appearance, with a logo and a Chinese name"

    def row(self):
        return self.site.appearance

    def changed(self):
        return {"name": "CardioBench", "name-zh-hans": "心脏基准"}

    def write(self):
        logo = SimpleUploadedFile("logo.svg", LOGO, "image/svg+xml")  # each round reads it anew
        self.data |= {"logo_dark_file": logo}
        return super().write()

    def is_kept(self):
        kept = records(Appearance, name="CardioBench") and records(Translation, text="心脏基准")
        return kept and Picture.objects.count() == 1


class EditPage(Form):
    name = "the form of a page, with a Chinese text"
    changes = {"title": "About us", "slug": "about-us", "text-zh-hans": "关于"}

    def row(self):
        return self.site.page

    def is_kept(self):
        return records(SitePage, slug="about-us") and records(Translation, text="关于")


class Publish(Form):
    name = "the publication of a draft"
    changes = {"is_published": "on"}

    def row(self):
        return self.site.draft

    def is_kept(self):
        return records(Leaderboard, slug="draft", is_published=True)


class Unpublish(Form):
    name = "the withdrawal of an LLM"

    def row(self):
        return self.site.alpha

    def changed(self):
        self.data.pop("is_published")
        return {}

    def is_kept(self):
        return records(LLM, name="Alpha", is_published=False)


class AddAlias(Writer):
    name = "the form of an alias"

    def prepare(self):
        self.address = reverse("admin:leaderboard_alias_add")
        self.data = {"name": "alpha/chat", "llm": str(self.site.alpha.pk), "metric": ""}

    def write(self):
        return told_by(self.client.post(self.address, self.data))

    def is_kept(self):
        return Alias.objects.exists() or records(LLM, name="Alpha", history_type="-")


class Delete(Writer):
    """Confirmed on a page that was opened before the race."""

    def row(self):
        raise NotImplementedError

    def prepare(self):
        self.address, self.model, self.pk = (
            address(self.row(), "delete"),
            type(self.row()),
            self.row().pk,
        )
        self.data = page_form(self.client.get(self.address)) | {"reason": "It was no test."}

    def write(self):
        return told_by(self.client.post(self.address, self.data))

    def is_kept(self):
        return records(self.model, id=self.pk, history_type="-")


class DeleteLLM(Delete):
    name = "the deletion of an LLM"

    def row(self):
        return self.site.alpha


class DeleteMetric(Delete):
    name = "the deletion of a metric"

    def row(self):
        return self.site.third
