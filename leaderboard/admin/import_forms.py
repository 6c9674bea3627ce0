"""Forms around an import: the file, and what the names in it stand for."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leaderboard.fields import WebAddressField
from leaderboard.imports.catalogue import Catalogue
from leaderboard.imports.drafts import llm_drafts, metric_drafts
from leaderboard.imports.matching import Choices, NameStatus, Target, Targets, unique_targets
from leaderboard.models import Benchmark, Metric, Source
from leaderboard.readers.registry import FORMATS
from leaderboard.readers.results import Reading

MOST_SHOWN = 100  # names that get a form of their own; the others follow “all others”


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV or XLSX (5 MB), or the JSON that an evaluation wrote (50 MB). Nothing is "
            "stored before you have seen what it would change."
        ),
    )
    format = forms.ChoiceField(
        label=_("Format"),
        choices=[("", _("found from the content")), *((k, _(f.label)) for k, f in FORMATS.items())],
        required=False,
    )
    llm = forms.CharField(
        label=_("LLM"),
        required=False,
        max_length=200,
        help_text=_("Only for a file that names none, such as AnesBench's result.json."),
    )
    benchmark = forms.ModelChoiceField(
        Benchmark.objects.all(),
        label=_("Benchmark"),
        required=False,
        empty_label=_("as the file says"),
        help_text=_("Only for a file that names none."),
    )
    questions = forms.FileField(
        label=_("Question file"),
        required=False,
        help_text=_("Of an AnesBench run: the benchmark's own list of questions (JSON)."),
    )
    source_title = forms.CharField(
        label=_("Title of the source"),
        required=False,
        max_length=200,
        help_text=_("As a reader would cite it. Empty: what the file says, or its name."),
    )
    source_url = WebAddressField(_("Address of the source")).formfield(
        required=False, help_text=_("Where a reader can check the numbers.")
    )


YES_NO = [("yes", _("yes")), ("no", _("no"))]


class NameForm(forms.Form):
    """What one name of the file stands for."""

    of = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)
    to = forms.ChoiceField(
        choices=[("use", _("is")), ("create", _("create")), ("leave out", _("leave out"))],
        widget=forms.RadioSelect,
        required=False,
    )
    use = forms.CharField(required=False, label=_("the name or address of one that is here"))

    def __init__(self, target: Target, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.target = target

    def choice(self, find: Any) -> dict[str, Any]:
        """The choice as it is stored; {} is none yet."""
        data = self.cleaned_data
        match data["to"]:
            case "use":
                found = find(data["use"]) if data["use"] else None
                return {"to": "use", "id": found} if found else {"to": "", "sought": data["use"]}
            case "create":
                return {key: value for key, value in data.items() if key not in ("use", "of")}
            case "leave out":
                return {"to": "leave out"}
        return {}


class LLMNameForm(NameForm):
    name = forms.CharField(label=_("Name"), required=False, max_length=200)
    organization = forms.CharField(label=_("Organization"), required=False, max_length=200)
    parameters = forms.CharField(required=False, label=_("parameters (billions)"), max_length=20)
    huggingface_id = forms.CharField(required=False, label=_("Hugging Face id"), max_length=200)


class MetricNameForm(NameForm):
    benchmark = forms.CharField(label=_("Benchmark"), required=False, max_length=200)
    name = forms.CharField(label=_("Name"), required=False, max_length=200)
    key = forms.CharField(label=_("Key"), required=False, max_length=100)
    unit = forms.ChoiceField(
        label=_("Unit"), required=False, choices=[("", "–"), *Metric.Unit.choices]
    )
    minimum = forms.CharField(label=_("Minimum"), required=False, max_length=20)
    maximum = forms.CharField(label=_("Maximum"), required=False, max_length=20)
    higher_is_better = forms.ChoiceField(
        label=_("Higher is better"), choices=YES_NO, required=False
    )
    question_count = forms.CharField(required=False, label=_("questions"), max_length=12)
    is_share_of_questions = forms.ChoiceField(
        choices=YES_NO, required=False, label=_("share of questions answered correctly")
    )


FOR_ALL = [("", _("decide one by one")), ("create", _("create")), ("leave out", _("leave out"))]


class ChoicesForm(forms.Form):
    """What holds for the whole file."""

    other_llms = forms.ChoiceField(
        choices=FOR_ALL, required=False, label=_("LLMs not decided about")
    )
    other_metrics = forms.ChoiceField(
        choices=FOR_ALL, required=False, label=_("Metrics not decided about")
    )
    left_out = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label=_("Leave out")
    )
    percent = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("In percent: divide by 100"),
    )
    allow_partial = forms.BooleanField(required=False, label=_("Allow partial runs"))
    create_organizations = forms.BooleanField(required=False, label=_("Allow new organizations"))
    source_title = forms.CharField(label=_("Title of the source"), required=False, max_length=200)
    source_url = WebAddressField(_("Address of the source")).formfield(required=False)
    tier = forms.ChoiceField(
        choices=Source.Tier.choices,
        required=False,
        label=_("Who measured"),
        help_text=_("How independent the evaluator is of the LLM."),
    )

    def __init__(self, targets: Targets, catalogue: Catalogue, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        metrics = unique_targets(targets.metrics)
        matched = [each for each in metrics if each.id]
        self.fields["left_out"].choices = [
            (each.name, each.name)
            for each in metrics
            if each.id or has_box("metric", each, catalogue)
        ]
        self.fields["percent"].choices = [
            (each.name, f"{each.name} ({catalogue.metrics[each.id]})")
            for each in matched
            if catalogue.metrics[each.id].unit == Metric.Unit.PROPORTION
        ]


class NameForms:
    """A form for every name that matches nothing here, or about which something was decided."""

    def __init__(
        self,
        targets: Targets,
        choices: Choices,
        reading: Reading,
        catalogue: Catalogue,
        data: Mapping[str, str] | None = None,
    ):
        self.catalogue = catalogue
        self.llms = [
            self.make(LLMNameForm, *each, choices.llms, data)
            for each in drafted("llm", targets.llms, choices.llms, llm_drafts, reading, catalogue)
        ]
        self.metrics = [
            self.make(MetricNameForm, *each, choices.metrics, data)
            for each in drafted(
                "metric", targets.metrics, choices.metrics, metric_drafts, reading, catalogue
            )
        ]

    def make(self, form, prefix, target, draft, chosen, data):
        choice = chosen.get(target.name, {})
        sent = data if data and data.get(f"{prefix}-of") == target.name else None
        filled = draft | choice | {"to": choice.get("to", ""), "of": target.name}
        filled["use"] = self.used(form, choice, target)
        return form(target, data=sent, prefix=prefix, initial=filled)

    def used(self, form, choice: dict[str, Any], target: Target) -> str:
        """The name chosen, the one that was sought in vain, or the one that may be meant."""
        if "id" in choice:
            if form is LLMNameForm:
                return self.catalogue.llms[choice["id"]].name
            return self.catalogue.metrics[choice["id"]].key
        if choice.get("sought"):
            return choice["sought"]
        return self.catalogue.similar_llm(target.name) if form is LLMNameForm else ""

    def mistakes(self) -> list[str]:
        """What a form refuses to take over, in sentences that name where."""
        return [
            f"{form.target.name}: {form.fields[field].label or field}: {' '.join(said)}"
            for form in (*self.llms, *self.metrics)
            if form.is_bound and not form.is_valid()
            for field, said in form.errors.items()
        ]

    def llm_choices(self) -> dict[str, dict[str, Any]]:
        """By the file's name, of the forms that were sent."""
        return {
            each.target.name: each.choice(self.catalogue.llm)
            for each in self.llms
            if each.is_bound and each.is_valid()
        }

    def metric_choices(self) -> dict[str, dict[str, Any]]:
        return {
            each.target.name: each.choice(self.catalogue.metric)
            for each in self.metrics
            if each.is_bound and each.is_valid()
        }


def has_box(kind, target, catalogue):
    """A column that matches a metric and is left out: a tick decides about it, and nothing else."""
    return (
        kind == "metric"
        and target.status is NameStatus.LEFT_OUT
        and bool(catalogue.metric(target.name))
    )


def drafted(kind, targets, chosen, make_drafts, reading, catalogue):
    """(prefix, target, draft) of the names to decide about. The number in the prefix is the place
    of the name in the file, so that a form stays with its name whatever else is decided."""
    wanted = [
        (f"{kind}-{number}", each)
        for number, each in enumerate(unique_targets(targets))
        if each.status is NameStatus.UNMATCHED
        or (chosen.get(each.name) and not has_box(kind, each, catalogue))
    ][:MOST_SHOWN]
    drafts = make_drafts([each.name for _, each in wanted], reading, catalogue)
    return [(prefix, each, drafts[each.name]) for prefix, each in wanted]
