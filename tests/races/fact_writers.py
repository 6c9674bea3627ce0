"""The forms of the facts that a site defines, and of their values."""

from leaderboard.models import Fact, FactValue

from .form_writers import Delete, Form, records


class AddFactValue(Form):
    name = "the form of an LLM: the value of a fact"

    def row(self):
        return self.site.beta

    def changed(self):
        return {
            "fact_values-TOTAL_FORMS": "1",
            "fact_values-0-fact": str(self.site.fact.pk),
            "fact_values-0-value": "128000",
        }

    def is_kept(self):
        return records(FactValue, fact_id=self.site.fact.pk, value="128000")


class ChangeKind(Form):
    """Refused where there is a value, which would be none of the new kind."""

    name = "the form of a fact: its kind"
    changes = {"kind": "answer", "unit": ""}

    def row(self):
        return self.site.fact

    def is_kept(self):
        return records(Fact, kind="answer")


class DeleteFact(Delete):
    name = "the deletion of a fact"

    def row(self):
        return self.site.fact
