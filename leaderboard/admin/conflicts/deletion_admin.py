"""Deleting: asks again when what would be deleted is not what the page showed."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import model_ngettext, unquote
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from leaderboard.admin.effect_words import EffectInWords, digest_effects
from leaderboard.admin.reasons import DeletionForm
from leaderboard.models.history import give_reason

from .comparison import ComparingAdmin
from .deletions import NamesWithDigest, collect_deletion
from .history import deletion_record, describe_record
from .posted import asked_to_field, replace_post, without_name
from .snapshots import OPENED, Snapshot, quote_value, read_values, row_key, seal, unseal

LOOK_AGAIN = _(
    "Nothing was deleted yet. Look at it as it is now, and confirm again if it should go."
)


class DeletionAdmin(ComparingAdmin):
    """Compares what is to be deleted with what the page that asked for confirmation showed."""

    actions = ["delete_selected"]

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method != "POST" or not self.to_field_is_allowed(request):
            return super().delete_view(request, object_id, extra_context)
        with transaction.atomic():
            row = self.get_object(request, unquote(object_id), asked_to_field(request))
            if row is None and self.has_delete_permission(request):
                messages.warning(request, self.deleted_sentence(request, object_id))
                return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
            if row is not None and self.has_delete_permission(request, row):
                names, counts, *_rest = self.get_deleted_objects([row], request)
                sentences = self.changes_before_deletion(request, [row], names, counts)
                if sentences:
                    messages.warning(request, " ".join([*sentences, str(LOOK_AGAIN)]))
                    return redirect(request.get_full_path())
                form = self.read_reason(request, [row], names)
                if not form.is_valid():
                    replace_post(request, QueryDict())  # Django would delete: it asks once more
                    extra_context = {"reason_form": form, **(extra_context or {})}
            return super().delete_view(request, object_id, extra_context)

    def read_reason(
        self, request: HttpRequest, rows: Iterable[models.Model], names: NamesWithDigest
    ) -> DeletionForm:
        """The posted reason for deleting these rows, which the history will hold."""
        form = DeletionForm(request.POST, is_public=self.is_any_public(rows, names))
        if form.is_valid():
            give_reason(form.cleaned_data["reason"])
        return form

    def is_any_public(self, rows: Iterable[models.Model], names: NamesWithDigest) -> bool:
        """Whether visitors see one of these rows, or something that changes as they go."""
        if any(effect.changes_what_was_shown for effect in names.effects):
            return True
        published: Any = getattr(self.model._default_manager, "published", None)
        pks = [row.pk for row in rows]
        return published is not None and bool(published().filter(pk__in=pks).exists())

    def deleted_sentence(self, request: HttpRequest, object_id: str) -> str:
        """Says that a row is deleted, when and by whom."""
        record = deletion_record(self.model, unquote(object_id))
        if record is None:
            gone = _("The %(kind)s was deleted meanwhile, or never existed.")
            return gone % {"kind": self.opts.verbose_name}
        return _("The %(kind)s “%(name)s” was deleted %(stamp)s.") % {
            "kind": self.opts.verbose_name,
            "name": record.instance,
            "stamp": describe_record(record, request.user),
        }

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> Any:
        if context["object"] is not None:
            rows, names = [context["object"]], context["deleted_objects"]
            shown = self.describe_deletion(rows, names, dict(context["model_count"]))
            context[OPENED] = seal(shown, self.delete_purpose())
            context["effects"] = list(map(EffectInWords, names.effects))
            form = DeletionForm(is_public=self.is_any_public(rows, names))
            context.setdefault("reason_form", form)
        return super().render_delete_form(request, context)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        return collect_deletion(objs, request, self.admin_site)

    def delete_purpose(self) -> str:
        """What the sealed values of this page are for: they fit no other page."""
        return f"{self.opts.model_name} delete"

    def describe_deletion(
        self, rows: Iterable[models.Model], names: NamesWithDigest, counts: dict[Any, int]
    ) -> dict[str, Any]:
        """Everything that a page that asks for confirmation shows, to be sealed and compared."""
        columns = [column.name for column in self.opts.concrete_fields if column.editable]
        return {
            "rows": {row_key(row): read_values(row, columns) for row in rows},
            "counts": {str(name): count for name, count in counts.items()},
            "with": names.digest,
            "effects": digest_effects(names.effects),
        }

    def changes_before_deletion(
        self,
        request: HttpRequest,
        rows: list[Any],
        names: NamesWithDigest,
        counts: dict[Any, int],
    ) -> list[str]:
        """A sentence for each thing that is not as the page for confirmation showed it."""
        opened = unseal(request.POST.get(OPENED, ""), self.delete_purpose())
        if opened is None:
            return [str(_("The page that asked did not come back as it was sent."))]
        now = self.describe_deletion(rows, names, counts)
        sentences = self.row_changes_before_deletion(request, opened["rows"], now["rows"])
        own = str(self.opts.verbose_name_plural)
        for name in (opened["counts"] | now["counts"]).keys() - {own}:
            was, count = opened["counts"].get(name, 0), now["counts"].get(name, 0)
            if was != count:
                sentences.append(
                    _("%(kind)s that go with it: %(was)s then, %(count)s now.")
                    % {"kind": capfirst(name), "was": was, "count": count}
                )
        if opened["with"] != now["with"] and not sentences:
            sentences.append(
                str(_("Something that would be deleted with it was changed meanwhile."))
            )
        if opened["effects"] != now["effects"] and not sentences:
            sentences.append(str(_("It moves other ranks or values than when you were asked.")))
        return sentences

    def row_changes_before_deletion(
        self, request: HttpRequest, opened: Snapshot, now: Snapshot
    ) -> list[str]:
        """A sentence for each change of the rows themselves."""
        sentences = []
        for key in now:
            if key not in opened:
                sentences.append(str(_("Something was chosen that the page did not show.")))
                continue
            for change in self.field_changes(request, key, opened[key], now[key]):
                sentences.append(
                    _(
                        "%(field)s was %(opened)s when you were asked and was changed to "
                        "%(stored)s %(stamp)s."
                    )
                    % {
                        "field": capfirst(change.column.verbose_name),
                        "opened": quote_value(change.column, change.opened),
                        "stored": quote_value(change.column, change.stored),
                        "stamp": change.stamp,
                    }
                )
        gone = len(opened.keys() - now.keys())
        if gone:
            sentences.append(
                _("%(count)s %(kind)s of those are deleted already.")
                % {"count": gone, "kind": model_ngettext(self.opts, gone)}
            )
        return sentences

    @admin.action(permissions=["delete"], description=_("Delete selected %(verbose_name_plural)s"))
    def delete_selected(
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> HttpResponse | None:
        """Django's action; asks again if something changed since it asked."""
        form = None
        with transaction.atomic():
            if request.POST.get("post"):
                pks = list(queryset.values_list("pk", flat=True))
                rows = self.model._default_manager.filter(pk__in=pks)
                locked = list(rows.select_for_update(of=("self",)))
                names, counts, *_rest = self.get_deleted_objects(locked, request)
                sentences = self.changes_before_deletion(request, locked, names, counts)
                if sentences:
                    messages.warning(request, " ".join([*sentences, str(LOOK_AGAIN)]))
                    replace_post(request, without_name(request.POST, "post"))
                else:
                    form = self.read_reason(request, locked, names)
                    if not form.is_valid():
                        replace_post(request, without_name(request.POST, "post"))
            response = delete_selected(self, request, queryset)
        page: dict[str, Any] | None = getattr(response, "context_data", None)
        if page:
            counts, names = dict(page["model_count"]), page["deletable_objects"][0]
            shown = self.describe_deletion(page["queryset"], names, counts)
            page[OPENED] = seal(shown, self.delete_purpose())
            page["effects"] = list(map(EffectInWords, names.effects))
            is_public = self.is_any_public(page["queryset"], names)
            page["reason_form"] = form or DeletionForm(is_public=is_public)
        return response
