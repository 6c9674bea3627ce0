"""Every way in which content is written, for two of them to be tried at once."""

import json
from decimal import Decimal

from django.contrib.auth import get_user
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, OperationalError
from django.urls import reverse

from leaderboard.imports.choices import ALL, Choices
from leaderboard.imports.comparing import make_preview
from leaderboard.imports.pending import reading_to_json
from leaderboard.imports.storing import confirm
from leaderboard.models import LLM, APIToken, Benchmark, Import, Score
from leaderboard.models.locks import content_lock
from leaderboard.readers.registry import ReadFile
from leaderboard.readers.results import Reading, ReportedFact, Result
from tests.admin.guiding import guided_data
from tests.page_reader import page_form

from .fact_writers import AddFactValue, ChangeKind, DeleteFact
from .form_writers import (
    AddAlias,
    AddComponent,
    AddLLM,
    AddOneToTwo,
    AddTwoToOne,
    ChangeUnit,
    ConfirmedRedefinition,
    DeleteLLM,
    DeleteMetric,
    EditAppearance,
    EditLLM,
    EditPage,
    ForgetQuestions,
    Freeze,
    NarrowRange,
    Publish,
    RankByThird,
    RemoveColumn,
    Translate,
    Unpublish,
    Writer,
    address,
    records,
)  # fmt: skip
from .list_writers import (
    DeleteSelected,
    DescribeRelease,
    EditFacts,
    HideSelected,
    MergeLLMs,
    MoveInList,
    PutBack,
    RevokeLink,
    ShareDraft,
    WithdrawRelease,
)
from .racing import Told, told_by


class Guided(Writer):
    name = "the guided form of a benchmark"

    def prepare(self):
        self.address = reverse("admin:guided-benchmark")
        self.data = guided_data(
            {"name": "easy", "question_count": "10"},
            {"name": "hard", "question_count": "20"},
            name="Guided",
            aggregate="mean",
            leaderboard=str(self.site.board.pk),
            title="",
        )

    def write(self):
        return told_by(self.client.post(self.address, self.data))

    def is_kept(self):
        return records(Benchmark, name="Guided")


def result(llm, metric, value):
    return Result(f"{llm}/{metric}", llm, metric, Decimal(value), 100)


class Waiting(Writer):
    """A page of an import that waits; two who race look at the same one."""

    def prepare(self):
        self.reading, self.choices = reading, choices = waiting_import()
        self.imported, _is_new = Import.objects.get_or_create(
            file_name="race.csv",
            defaults={
                "file_sha256": "a" * 64, "format": "wide", "reading": reading_to_json(reading),
                "choices": choices,
            },
        )  # fmt: skip
        self.address = address(self.imported)

    def write(self):
        return told_by(self.client.post(self.address, self.data))


def waiting_import():
    """(its reading, what was decided about it)"""
    reading = Reading(
        results=(
            result("Alpha", "first", "0.83"),
            result("Beta", "third", "0.6"),
            result("Gamma", "spare", "0.7"),
        ),
        facts=(ReportedFact("row 1", "Alpha", "license", "BSD"),),
    )
    return reading, {"llms": {"Gamma": {"to": "create", "name": "Gamma"}}, "other_facts": ALL}


class ConfirmImport(Waiting):
    name = "an import"

    def prepare(self):
        super().prepare()
        digest = make_preview(self.reading, Choices(**self.choices)).digest
        self.data = {"do": "confirm", "digest": digest}

    def is_kept(self):
        return records(Score, value=Decimal("0.83")) and records(LLM, license="BSD")


class Decide(Waiting):
    """Of what is decided no message tells: the page shows it."""

    name = "a decision about an import"

    def prepare(self):
        super().prepare()
        self.data = page_form(self.client.get(self.address), "choices")
        self.data |= {"do": "choose", "reason": "Nightly."}

    def write(self):
        told = super().write()
        return Told(told.status == 302 and not told.texts, told.status, told.texts)

    def is_kept(self):
        """In what waits, unless it was confirmed or put away later."""
        waits = Import.objects.filter(state=Import.State.PENDING)
        return all(
            choices["reason"] == "Nightly." for choices in waits.values_list("choices", flat=True)
        )


class PutAway(Waiting):
    name = "the putting away of an import"
    data = {"do": "discard"}

    def is_kept(self):
        return not Import.objects.filter(pk=self.imported.pk).exists()


class HandIn(Writer):
    """What needs no decision is stored at once; else it waits, which is no save."""

    name = "results that a program hands in"

    def prepare(self):
        maintainer = get_user(self.client)
        token = APIToken(name="nightly", scope="publish").issue(maintainer)
        self.headers = {"Authorization": f"Bearer {token}"}

    def write(self):
        file = SimpleUploadedFile("nightly.csv", b"llm,third\nAlpha,0.62\nBeta,0.61\n")
        response = self.client.post("/api/v1/imports", {"file": file}, headers=self.headers)
        said = response.json()
        return Told(said.get("state") == "done", response.status_code, [str(said)])

    def is_kept(self):
        return records(Score, value=Decimal("0.61")) and records(Score, value=Decimal("0.62"))


class UndoImport(Writer):
    name = "the undo of an import"

    def prepare(self):
        reading = Reading(
            results=(result("Beta", "first", "0.2"),),
            facts=(ReportedFact("row 1", "Beta", "license", "BSD"),),
        )
        file = ReadFile("undo.csv", "b" * 64, "wide", reading)
        choices = Choices(other_facts=ALL)
        imported = confirm(file, choices, make_preview(reading, choices).digest)
        self.address = address(imported)

    def write(self):
        return told_by(self.client.post(self.address, {"do": "undo"}))

    def is_kept(self):
        return Import.objects.filter(state=Import.State.UNDONE).exists()


class LoadData(Writer):
    name = "loaddata"

    def prepare(self):
        self.fixture = self.folder / "race.json"
        score = {"llm": ["alpha"], "metric": ["spare"], "value": "0.95", "decimals": 2}
        self.fixture.write_text(json.dumps([{"model": "leaderboard.score", "fields": score}]))

    def write(self):
        try:
            call_command("loaddata", str(self.fixture), verbosity=0)
        except CommandError as error:
            is_failure = isinstance(error.__cause__, OperationalError)
            return Told(False, 503 if is_failure else 200, [str(error)])
        return Told(True)

    def is_kept(self):
        return records(Score, value=Decimal("0.95"))


class SaveScore(Writer):
    name = "a score in a shell"

    def write(self):
        with content_lock():
            score = Score.objects.filter(llm__name="Alpha", metric__key="first").first()
            if score is None:
                return Told(False)
            score.value, score.decimals = Decimal("0.45"), None
            try:
                score.full_clean()
            except ValidationError:
                return Told(False)
            score.save()
        return Told(True)

    def is_kept(self):
        return records(Score, value=Decimal("0.45"))


class SaveUnchecked(Writer):
    name = "a plain save of a score"

    def prepare(self):
        self.score = Score.objects.get(llm__name="Beta", metric__key="first")

    def write(self):
        self.score.note = "Checked by hand."
        try:
            self.score.save(update_fields=["note"])
        except OperationalError:
            raise
        except DatabaseError:
            return Told(False)  # it is deleted: no row was updated
        return Told(True)

    def is_kept(self):
        return records(Score, note="Checked by hand.")


WRITERS = (
    EditLLM, AddLLM, NarrowRange, ChangeUnit, ForgetQuestions, AddComponent, AddTwoToOne,
    AddOneToTwo, RemoveColumn, ConfirmedRedefinition, RankByThird, Translate, Publish, Unpublish,
    AddAlias, DeleteLLM, DeleteMetric, DeleteSelected, MoveInList, Guided, ConfirmImport,
    UndoImport, LoadData, SaveScore, SaveUnchecked, Freeze,
    MergeLLMs, HideSelected, EditPage, EditAppearance,
    AddFactValue, ChangeKind, DeleteFact, EditFacts, PutBack, WithdrawRelease, ShareDraft,
    RevokeLink, HandIn, Decide, PutAway, DescribeRelease,
)  # fmt: skip
