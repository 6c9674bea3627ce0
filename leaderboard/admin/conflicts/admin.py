"""The admin's half of freshness: locks a row, compares it, and shows a stale form once more."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.options import TO_FIELD_VAR
from django.contrib.admin.utils import flatten_fieldsets, model_ngettext, unquote
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import BadRequest
from django.db import models, transaction
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from . import deletions
from .deletions import names_of_parents
from .forms import CarefulForm, CarefulInlineFormSet, CarefulModelFormSet
from .snapshots import (
    OPENED,
    STALE,
    UNKNOWN,
    FieldChange,
    Meanwhile,
    Snapshot,
    Values,
    changed_names,
    concrete_names,
    is_row_id,
    record_of,
    row_key,
    seal,
    shown,
    stamp,
    stored_field,
    unseal,
    values_of,
    without_rows,
)

LOOK_AGAIN = _(
    "Nothing was deleted yet. Look at it as it is now, and confirm again if it should go."
)
RECORDS = (
    100  # of a row's history are searched for who changed it; more are not read for a sentence
)


class CarefulAutocomplete(AutocompleteSelect):
    """Shows a form again also when somebody has sent what is no number of a row, and asks for no
    row that the form has read already."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.known: dict[str, models.Model] = {}  # one for all rows of a form: copies share it

    def optgroups(self, name, value, attr=None):
        ids = [each for each in value if is_row_id(each)]
        if len(ids) != 1 or ids[0] not in self.known:
            return super().optgroups(name, ids, attr)
        label = self.choices.field.label_from_instance(self.known[ids[0]])
        options = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        options.append(self.create_option(name, ids[0], label, True, len(options)))
        return [(None, options, 0)]


class WithAutocomplete(admin.options.BaseModelAdmin):
    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = CarefulAutocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class CarefulInline(WithAutocomplete, admin.TabularInline):
    """Its rows are read with all that they show, in as many queries for a hundred as for one."""

    formset = CarefulInlineFormSet

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*names_of_parents(self.model))


class FreshAdmin(WithAutocomplete, admin.ModelAdmin):
    """Refuses to save or delete what was changed since the page was opened, and says how."""

    form = CarefulForm
    actions = ["delete_selected"]

    def get_object(self, request, object_id, from_field=None):
        """Locked while something is written, so that what was compared is what is replaced."""
        obj = super().get_object(request, object_id, from_field)
        locked = request.method == "POST" and transaction.get_connection().in_atomic_block
        if obj is None or not locked:
            return obj
        return self.get_queryset(request).select_for_update(of=("self",)).filter(pk=obj.pk).first()

    def shown_names(self) -> list[str]:
        fieldsets = self.fieldsets or [(None, {"fields": self.fields})]
        return concrete_names(self.model, flatten_fieldsets(fieldsets))

    def box_values(self, obj, form=None) -> Values:
        """What a form shows that is no field of its row; of the form, or as it is stored now."""
        return {}

    def column_and_history(self, key: str, name: str) -> tuple[models.Field | None, Iterable[Any]]:
        model, pk = self.model_and_pk(key)
        return stored_field(model, name), history_of(model, id=pk)

    def model_and_pk(self, key: str) -> tuple[type[models.Model], str]:
        name, pk = key.split(":")
        return self.opts.app_config.get_model(name), pk

    # Change forms

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method != "POST" or object_id is None or not self.to_field_is_allowed(request):
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            obj = self.get_object(request, unquote(object_id), asked_to_field(request))
            if obj is None and self.has_change_permission(request):
                return self.gone_response(request, object_id)
            if self.has_change_permission(request, obj):
                self.look_what_changed(request, obj)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def to_field_is_allowed(self, request) -> bool:
        to_field = asked_to_field(request)
        return not to_field or self.to_field_allowed(request, to_field)

    def look_what_changed(self, request, obj) -> None:
        opened = unseal(request.POST.get(OPENED, ""), row_key(obj))
        if opened is None:
            request.meanwhile, request.opened_anew = Meanwhile(refusal=UNKNOWN), ""
            return
        now = self.stored_snapshot(request, obj)
        request.meanwhile = self.compare(request, opened, now)
        request.opened_anew = seal(now, row_key(obj))
        for formset, _inline in self.get_formsets_with_inlines(request, obj):
            gone = pks_of(request.meanwhile.gone, formset.model)
            request.POST = without_rows(request.POST, formset.get_default_prefix(), gone)

    def stored_snapshot(self, request, obj) -> Snapshot:
        values = values_of(obj, self.shown_names()) | self.box_values(obj)
        snapshot = {row_key(obj): values}
        for formset, _inline in self.get_formsets_with_inlines(request, obj):
            names = concrete_names(formset.model, formset.form.base_fields)
            rows = formset.model._default_manager.filter(**{formset.fk.name: obj})
            snapshot |= {row_key(row): values_of(row, names) for row in locked_rows(rows, names)}
        return snapshot

    def shown_snapshot(self, obj, context) -> Snapshot:
        """Made of the very rows that the page shows, not of a later look at the database."""
        values = values_of(obj, self.shown_names())
        snapshot = {row_key(obj): values | self.box_values(obj, context["adminform"].form)}
        for inline in context["inline_admin_formsets"]:
            names = concrete_names(inline.formset.model, inline.formset.form.base_fields)
            rows = [form.instance for form in inline.formset.initial_forms] if names else []
            snapshot |= {row_key(row): values_of(row, names) for row in rows}
        return snapshot

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if change and obj is not None:
            if hasattr(request, "opened_anew"):
                context[OPENED] = request.opened_anew
            else:
                context[OPENED] = seal(self.shown_snapshot(obj, context), row_key(obj))
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        meanwhile = getattr(request, "meanwhile", None)
        if change and meanwhile:
            form.refusal = meanwhile.refusal
            form.changes = meanwhile.fields.get(row_key(obj), ())
        return form

    def get_formsets_with_inlines(self, request, obj=None):
        meanwhile = getattr(request, "meanwhile", None) or Meanwhile()
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            tell_rows(formset, meanwhile)
            yield formset, inline

    def gone_response(self, request, object_id):
        """The row was deleted: says when and by whom, and gives back what was typed."""
        context = self.admin_site.each_context(request) | {
            "title": _("This %(kind)s is deleted") % {"kind": self.opts.verbose_name},
            "opts": self.opts,
            "sentence": " ".join(
                [self.deleted_sentence(request, object_id), str(_("Nothing was saved."))]
            ),
            "typed": typed_lines(request.POST),
        }
        return render(request, "admin/leaderboard/gone.html", context, status=409)

    def deleted_sentence(self, request, object_id) -> str:
        record = deletion_of(self.model, unquote(object_id))
        if record is None:
            gone = _("The %(kind)s was deleted meanwhile, or never existed.")
            return gone % {"kind": self.opts.verbose_name}
        return _("The %(kind)s “%(name)s” was deleted %(stamp)s.") % {
            "kind": self.opts.verbose_name,
            "name": record.instance,
            "stamp": stamp(record, request.user),
        }

    # What changed

    def compare(self, request, opened: Snapshot, now: Snapshot) -> Meanwhile:
        meanwhile = Meanwhile(gone=opened.keys() - now.keys())
        for key in [*opened, *(key for key in now if key not in opened)]:
            if key in meanwhile.gone or key not in opened:
                model, _ = self.model_and_pk(key)
                sentence = self.row_sentence(request, key, opened.get(key))
                meanwhile.rows.setdefault(model._meta.model_name, []).append(sentence)
            elif changes := self.field_changes(request, key, opened[key], now[key]):
                meanwhile.fields[key] = changes
        meanwhile.refusal = STALE if meanwhile.rows or meanwhile.fields else ""
        return meanwhile

    def field_changes(self, request, key, opened: Values, now: Values) -> list[FieldChange]:
        changes = []
        names = changed_names(opened, now)
        model, pk = self.model_and_pk(key)
        row = str(model._base_manager.get(pk=pk)) if names else ""
        for name in names:
            column, history = self.column_and_history(key, name)
            was, stored = opened.get(name, ""), now.get(name, "")
            record = record_of(history, column, stored) if column else None
            when = stamp(record, request.user)
            changes.append(FieldChange(name, column, was, stored, when, row))
        return changes

    def row_sentence(self, request, key: str, opened: Values | None) -> str:
        """Of a row that came, or went (then with the values it was opened with)."""
        model, pk = self.model_and_pk(key)
        if opened is None:
            row = model._base_manager.get(pk=pk)
            when = stamp(next(iter(reversed(history_of(model, id=pk))), None), request.user)
            return _(
                "The row “%(row)s” was added %(stamp)s while you had this form open. It stays when "
                "you save again."
            ) % {"row": row, "stamp": when}
        values = ", ".join(
            f"{stored_field(model, name).verbose_name} {shown(stored_field(model, name), text)}"
            for name, text in opened.items()
        )
        when = stamp(deletion_of(model, pk), request.user)
        return _(
            "The row with %(values)s was removed %(stamp)s while you had this form open, so this "
            "form has it no more. Add it again in an empty row if it should stay."
        ) % {"values": values, "stamp": when}

    # The list, where it can be edited

    def changelist_view(self, request, extra_context=None):
        if request.method != "POST" or "_save" not in request.POST or not self.list_editable:
            return self.with_opened(request, super().changelist_view(request, extra_context))
        with transaction.atomic():
            if self.has_change_permission(request):
                self.look_what_changed_in_list(request)
            return self.with_opened(request, super().changelist_view(request, extra_context))

    def look_what_changed_in_list(self, request) -> None:
        if not all(is_row_id(pk) for pk in posted_ids(request.POST)):
            raise BadRequest(_("A row of this list has no number. Open the list again."))
        opened = unseal(request.POST.get(OPENED, ""), self.list_purpose())
        if opened is None:
            request.meanwhile, request.opened_anew = Meanwhile(refusal=UNKNOWN), ""
            return
        pks = {key.split(":")[1] for key in opened} | set(posted_ids(request.POST))
        rows = locked_rows(self.model._default_manager.filter(pk__in=pks), self.list_editable)
        now = {row_key(row): values_of(row, self.list_editable) for row in rows}
        request.meanwhile = self.compare(request, opened, now)
        request.opened_anew = seal(now, self.list_purpose())
        request.POST = without_rows(
            request.POST, "form", pks_of(request.meanwhile.gone, self.model)
        )

    def with_opened(self, request, response):
        """The page of the list, with what its boxes were opened with."""
        page = getattr(response, "context_data", None) or {}
        formset = getattr(page.get("cl"), "formset", None)
        if formset is None:
            return response
        rows = [form.instance for form in formset.initial_forms]
        page["cl"].result_list = rows  # another order since would show boxes beside other names
        if hasattr(request, "opened_anew"):
            page[OPENED] = request.opened_anew
        else:
            snapshot = {row_key(row): values_of(row, self.list_editable) for row in rows}
            page[OPENED] = seal(snapshot, self.list_purpose())
        return response

    def list_purpose(self) -> str:
        return f"{self.opts.model_name} list"

    def get_changelist_formset(self, request, **kwargs):
        formset = super().get_changelist_formset(request, formset=CarefulModelFormSet, **kwargs)
        meanwhile = getattr(request, "meanwhile", None) or Meanwhile()
        tell_rows(formset, meanwhile)
        formset.refusal = meanwhile.refusal
        return formset

    # Deleting

    def delete_view(self, request, object_id, extra_context=None):
        if request.method != "POST" or not self.to_field_is_allowed(request):
            return super().delete_view(request, object_id, extra_context)
        with transaction.atomic():
            obj = self.get_object(request, unquote(object_id), asked_to_field(request))
            if obj is None and self.has_delete_permission(request):
                messages.warning(request, self.deleted_sentence(request, object_id))
                return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
            if obj is not None and self.has_delete_permission(request, obj):
                told = self.changes_before_deletion(request, [obj])
                if told:
                    messages.warning(request, " ".join([*told, str(LOOK_AGAIN)]))
                    return redirect(request.get_full_path())
            return super().delete_view(request, object_id, extra_context)

    def render_delete_form(self, request, context):
        if context["object"] is not None:
            counts = dict(context["model_count"])
            shown_now = self.deletion(context["object"], context["deleted_objects"], counts)
            context[OPENED] = seal(shown_now, self.delete_purpose())
        return super().render_delete_form(request, context)

    def get_deleted_objects(self, objs, request):
        return deletions.look(objs, request, self.admin_site)

    def delete_purpose(self) -> str:
        return f"{self.opts.model_name} delete"

    def deletion(self, rows, deleted_objects, counts) -> dict[str, Any]:
        """What a page that asks for confirmation shows."""
        rows = [rows] if isinstance(rows, models.Model) else rows
        names = [each.name for each in self.model._meta.concrete_fields if each.editable]
        return {
            "rows": {row_key(row): values_of(row, names) for row in rows},
            "counts": {str(name): count for name, count in counts.items()},
            "with": deleted_objects.digest,
        }

    def changes_before_deletion(self, request, rows) -> list[str]:
        """One sentence for each thing that is not as the page for confirmation showed it."""
        opened = unseal(request.POST.get(OPENED, ""), self.delete_purpose())
        if opened is None:
            return [str(_("The page that asked did not come back as it was sent."))]
        objects, counts, *_rest = self.get_deleted_objects(rows, request)
        now = self.deletion(rows, objects, counts)
        told = self.row_changes_before_deletion(request, opened["rows"], now["rows"])
        own = str(self.opts.verbose_name_plural)
        for name in (opened["counts"] | now["counts"]).keys() - {own}:
            was, count = opened["counts"].get(name, 0), now["counts"].get(name, 0)
            if was != count:
                told.append(
                    _("%(kind)s that go with it: %(was)s then, %(count)s now.")
                    % {"kind": capfirst(name), "was": was, "count": count}
                )
        if opened["with"] != now["with"] and not told:
            told.append(str(_("Something that would be deleted with it was changed meanwhile.")))
        return told

    def row_changes_before_deletion(self, request, opened: Snapshot, now: Snapshot) -> list[str]:
        told = []
        for key in now:
            if key not in opened:
                told.append(str(_("Something was chosen that the page did not show.")))
                continue
            for change in self.field_changes(request, key, opened[key], now[key]):
                told.append(
                    _(
                        "%(field)s was %(opened)s when you were asked and was changed to "
                        "%(stored)s %(stamp)s."
                    )
                    % {
                        "field": capfirst(change.column.verbose_name),
                        "opened": shown(change.column, change.opened),
                        "stored": shown(change.column, change.stored),
                        "stamp": change.stamp,
                    }
                )
        gone = len(opened.keys() - now.keys())
        if gone:
            told.append(
                _("%(count)s %(kind)s of those are deleted already.")
                % {"count": gone, "kind": model_ngettext(self.opts, gone)}
            )
        return told

    @admin.action(permissions=["delete"], description=_("Delete selected %(verbose_name_plural)s"))
    def delete_selected(self, request, queryset):
        """Django's, but asks again if something changed since it asked."""
        with transaction.atomic():
            if request.POST.get("post"):
                pks = list(queryset.values_list("pk", flat=True))
                rows = list(
                    self.model._default_manager.filter(pk__in=pks).select_for_update(of=("self",))
                )
                told = self.changes_before_deletion(request, rows)
                if told:
                    messages.warning(request, " ".join([*told, str(LOOK_AGAIN)]))
                    request.POST = without_name(request.POST, "post")
            response = delete_selected(self, request, queryset)
        page = getattr(response, "context_data", None)
        if page:
            rows, counts = page["queryset"], dict(page["model_count"])
            shown_now = self.deletion(rows, page["deletable_objects"][0], counts)
            page[OPENED] = seal(shown_now, self.delete_purpose())
        return response


def asked_to_field(request) -> str | None:
    return request.POST.get(TO_FIELD_VAR, request.GET.get(TO_FIELD_VAR))


def locked_rows(rows: models.QuerySet, names: Iterable[str]) -> models.QuerySet:
    """None at all if the form writes nothing of them."""
    return rows.select_for_update(of=("self",)) if names else rows.none()


def history_of(model: type[models.Model], **of) -> list[Any]:
    """The records of a row, newest first."""
    records = model.history.filter(**of).select_related("history_user")
    return list(records.order_by("-history_id")[:RECORDS])


def deletion_of(model: type[models.Model], pk: str) -> Any:
    records = history_of(model, id=pk) if is_row_id(pk) else []
    return records[0] if records and records[0].history_type == "-" else None


def pks_of(keys: Iterable[str], model: type[models.Model]) -> set[str]:
    start = f"{model._meta.model_name}:"
    return {key.removeprefix(start) for key in keys if key.startswith(start)}


def tell_rows(formset: type, meanwhile: Meanwhile) -> None:
    """Hands a formset what it has to refuse."""
    name = formset.model._meta.model_name
    formset.row_changes = meanwhile.fields
    formset.row_sentences = meanwhile.rows.get(name, ())


def posted_ids(data: QueryDict) -> list[str]:
    """Of the rows of an editable list."""
    return [pk for name, pk in data.items() if name.startswith("form-") and name.endswith("-id")]


def typed_lines(data: QueryDict) -> list[tuple[str, str]]:
    """What was typed in a form, without what the form itself put there."""
    own = ("csrfmiddlewaretoken", OPENED, "_", "initial-")
    counts = ("_FORMS", "-id")
    return [
        (name, value)
        for name, value in data.items()
        if value and not name.startswith(own) and not name.endswith(counts)
    ]


def without_name(data: QueryDict, name: str) -> QueryDict:
    rest = data.copy()
    rest.pop(name)
    return rest
