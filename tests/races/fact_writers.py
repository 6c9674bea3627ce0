"""The forms and actions by which facts of LLMs are written."""

from django.urls import reverse

from leaderboard.models import LLM, Fact, FactColumn, FactValue
from tests.page_reader import page_form

from .form_writers import Delete, Form, Writer, records
from .racing import told_by


class GiveFamily(Writer):
    """Saves what its page shows; where somebody edited meanwhile, it looks and saves again."""

    name = "the action that gives LLMs the same facts"

    def prepare(self):
        self.address = reverse("admin:leaderboard_llm_changelist")
        chosen = [str(self.site.alpha.pk), str(self.site.beta.pk)]
        self.chosen = {"action": "edit_facts", "_selected_action": chosen}
        page = self.client.post(self.address, self.chosen)
        self.data = self.read(page) | {"family": "Greek"}
        self.data = self.read(self.client.post(self.address, self.data))

    def read(self, page):
        return page_form(page, "facts") | self.chosen

    def write(self):
        told = self.client.post(self.address, self.data)
        if told.status_code == 200 and b'name="shown"' in told.content:
            told = self.client.post(self.address, self.read(told))
        return told_by(told)

    def is_kept(self):
        return records(LLM, family="Greek")


class GiveFactValue(Form):
    name = "the form of an LLM, with a value of a defined fact"

    def row(self):
        return self.site.alpha

    def changed(self):
        return {
            "fact_values-TOTAL_FORMS": "1",
            "fact_values-0-fact": str(self.site.length.pk),
            "fact_values-0-value": "128000",
        }

    def is_kept(self):
        return records(FactValue, llm_id=self.site.alpha.pk, value="128000")


class ShowFact(Form):
    name = "the form of a leaderboard, with a column of a fact"

    def row(self):
        return self.site.board

    def changed(self):
        return {
            "fact_columns-TOTAL_FORMS": "2",
            "fact_columns-1-position": "1",
            "fact_columns-1-field": "license",
            "fact_columns-1-fact": "",
            "fact_columns-1-shown_by_default": "on",
        }

    def is_kept(self):
        return records(FactColumn, field="license")


class DeleteFact(Delete):
    name = "the deletion of a defined fact"

    def row(self):
        return self.site.length

    def is_kept(self):
        return not Fact.objects.exists() and records(Fact, history_type="-")
