"""The lists and pages of the admin by which content is written: actions, merging, putting back."""

from django.contrib.messages.storage.session import SessionStorage
from django.urls import reverse

from leaderboard.models import LLM, DraftLink, Leaderboard, Release
from leaderboard.trail.deletions import list_deletions
from leaderboard.trail.releases import freeze
from tests.factories import make_llm, make_score
from tests.page_reader import page_form

from .form_writers import Form, Writer, asks, confirmed, records
from .racing import told_by


class DeleteSelected(Writer):
    name = "the action that deletes LLMs"

    def prepare(self):
        self.address = reverse("admin:leaderboard_llm_changelist")
        chosen = {"action": "delete_selected", "_selected_action": [str(self.site.beta.pk)]}
        page = self.client.post(self.address, chosen)
        self.data = page_form(page) | chosen | {"post": "yes", "reason": "It was no test."}

    def write(self):
        return told_by(self.client.post(self.address, self.data))

    def is_kept(self):
        return records(LLM, name="Beta", history_type="-")


class MergeLLMs(Writer):
    name = "the merging of two LLMs"

    def prepare(self):
        self.address = reverse("admin:merge-llm", args=[self.site.alpha.pk])
        page = self.client.get(f"{self.address}?llm={self.site.beta.pk}")
        self.data = page_form(page, "merge")

    def write(self):
        response = self.client.post(self.address, self.data)
        if asks(response):
            response = self.client.post(self.address, confirmed(response))
        return told_by(response)

    def is_kept(self):
        return records(LLM, name="Beta", history_type="-")


class HideSelected(Writer):
    name = "the action that hides LLMs"

    def prepare(self):
        self.address = reverse("admin:leaderboard_llm_changelist")
        chosen = [str(self.site.alpha.pk), str(self.site.beta.pk)]
        self.data = {"action": "hide_selected", "_selected_action": chosen}

    def write(self):
        response = self.client.post(self.address, self.data)
        if asks(response):
            response = self.client.post(self.address, confirmed(response) | self.data)
        return told_by(response)

    def is_kept(self):
        names = ("Alpha", "Beta")  # one may have been deleted, or hidden by the other
        return all(
            records(LLM, name=name, is_published=False) or records(LLM, name=name, history_type="-")
            for name in names
        )


class MoveInList(Writer):
    name = "the list of leaderboards: a position"

    def prepare(self):
        self.address = reverse("admin:leaderboard_leaderboard_changelist")
        self.data = page_form(self.client.get(self.address), "changelist-form")
        self.data |= {"form-0-position": "7", "_save": "Save"}
        self.data.pop("action", None)

    def write(self):
        return told_by(self.client.post(self.address, self.data))

    def is_kept(self):
        return records(Leaderboard, position=7)


class EditFacts(Writer):
    """The page that shows what changes was opened before the race; it is shown anew, and confirmed,
    where somebody edited meanwhile."""

    name = "the action that edits facts of LLMs"

    def prepare(self):
        self.address = reverse("admin:leaderboard_llm_changelist")
        chosen = [str(self.site.alpha.pk), str(self.site.beta.pk)]
        self.chosen = {"action": "edit_facts", "_selected_action": chosen}
        shown = self.send({"step": "look", "domain": "medicine"})
        self.data = page_form(shown, "facts")

    def send(self, data):
        return self.client.post(self.address, data | self.chosen)

    def write(self):
        response = self.send(self.data)
        if response.status_code == 200 and b'name="shown"' in response.content:
            response = self.send(page_form(response, "facts"))
        return told_by(response)

    def is_kept(self):
        return records(LLM, domain="medicine")


class PutBack(Writer):
    """What comes back has the name that the form of a new LLM takes."""

    name = "the list of what was deleted"

    def prepare(self):
        self.address = reverse("admin:deleted")
        gone = make_llm("Gamma")
        make_score(gone, self.site.second, "0.2")
        self.pk = gone.pk
        gone.delete()
        (deletion,), _has_more = list_deletions(1, 0)
        self.data = {"moment": deletion.moment, "reason": "It was deleted by mistake."}

    def write(self):
        return told_by(self.client.post(self.address, self.data))

    def is_kept(self):
        return LLM.history.filter(id=self.pk, history_type="+").count() > 1


class WithdrawRelease(Writer):
    name = "the withdrawal of a release"

    def prepare(self):
        name = f"withdrawn-{Release.objects.count()}"
        self.pk = freeze(self.site.board, name).pk
        self.address = reverse("admin:withdraw-release", args=[self.pk])

    def write(self):
        return told_by(self.client.post(self.address, {"reason": "It was frozen too early."}))

    def is_kept(self):
        return records(Release, id=self.pk, withdrawal_reason="It was frozen too early.")


class DescribeRelease(Form):
    """What is said beside a release; the withdrawal writes the same row."""

    name = "the form of a release: its DOI"
    changes = {"doi": "10.1234/race"}

    def row(self):
        return Release.objects.first() or freeze(self.site.board, "described")

    def is_kept(self):
        return records(Release, doi="10.1234/race")


class ShareDraft(Writer):
    name = "a link to a draft"

    def prepare(self):
        self.address = reverse("admin:share-draft", args=["leaderboard", self.site.draft.pk])
        self.before = DraftLink.objects.count()

    def write(self):
        return told_by(self.client.post(self.address))

    def is_kept(self):
        return DraftLink.objects.count() > self.before


class RevokeLink(ShareDraft):
    name = "the end of a link to a draft"

    def prepare(self):
        super().prepare()
        self.client.post(self.address)
        self.link = DraftLink.objects.first()
        session = self.client.session  # whose message, that there is a link, no page has shown
        del session[SessionStorage.session_key]
        session.save()

    def write(self):
        return told_by(self.client.post(self.address, {"revoke": str(self.link.pk)}))

    def is_kept(self):
        self.link.refresh_from_db()
        return not self.link.is_live and self.link.revoked_by is not None
