"""Forms around an import: the file, and what the names in it stand for."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leaderboard.imports.catalogue import Catalogue
from leaderboard.imports.choices import ALL, EMPTY, TICKED, Choices
from leaderboard.imports.drafts import llm_drafts, metric_drafts
from leaderboard.imports.new_rows import NEITHER
from leaderboard.imports.suggestions import suggest
from leaderboard.imports.targets import Target, Targets, unique_targets
from leaderboard.models import Benchmark, Metric
from leaderboard.readers.registry import IMPORT_FORMATS
from leaderboard.readers.results import Reading

from .import_names import START, NamePlace, is_left_out_metric, list_open
from .source_form import SourceForm


class FilesInput(forms.ClearableFileInput):
    """A box for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Asks for one file or several; returns a list of them."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return every file, cleaned. Raises ValidationError if one is empty, or there is none."""
        files = data if isinstance(data, list | tuple) and data else [data]
        return [super(FilesField, self).clean(file, initial) for file in files]


class UploadForm(SourceForm):
    """Asks for files and for what they do not say themselves."""

    field_order = ("file", "format", "llm", "llms_in", "benchmark", "questions")

    file = FilesField(
        label=_("Files"),
        help_text=_(
            "Tables in CSV, XLSX, Markdown or HTML (5 MB), YAML of the Hugging Face Hub (1 MB), "
            "what an evaluation wrote (50 MB), or a zip of such files. Up to 100 are shown and "
            "imported as one. Nothing is stored before you have seen what it would change."
        ),
    )
    format = forms.ChoiceField(
        label=_("Format"),
        choices=[
            ("", _("found from the content")),
            *((name, _(reader.label)) for name, reader in IMPORT_FORMATS.items()),
        ],
        required=False,
    )
    llm = forms.CharField(
        label=_("LLM"),
        required=False,
        max_length=200,
        help_text=_("Only for a file that names none, such as AnesBench's result.json or MTEB's."),
    )
    llms_in = forms.ChoiceField(
        label=_("In a table, LLMs stand"),
        choices=[
            ("", _("found from the content")),
            ("rows", _("below each other, one in a row")),
            ("columns", _("side by side, one in a column")),
        ],
        required=False,
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


YES_NO = [("yes", _("yes")), ("no", _("no"))]


class NameForm(forms.Form):
    """Asks what one name of the file stands for."""

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

    def choice(self, find: Callable[[str], int | None]) -> dict[str, Any]:
        """The choice as it is stored; {} if nothing is chosen yet."""
        data = self.cleaned_data
        match self.chosen():
            case "use":
                pk = find(data["use"]) if data["use"] else None
                return {"to": "use", "id": pk} if pk else {"to": "", "sought": data["use"]}
            case "create":
                texts = {key: value for key, value in data.items() if key not in ("use", "of")}
                return texts | {"to": "create"}
            case "leave out":
                return {"to": "leave out"}
        return {}

    def chosen(self) -> str:
        """What is ticked; typing into a box chooses it, unless another choice was ticked anew."""
        changed = set(self.changed_data)
        if "to" in changed:
            return str(self.cleaned_data["to"])
        if "use" in changed and self.cleaned_data["use"]:
            return "use"
        return "create" if changed - {"use", "of"} else str(self.cleaned_data["to"])


class LLMNameForm(NameForm):
    """Asks which LLM a name stands for, or for the facts of a new one."""

    name = forms.CharField(label=_("Name"), required=False, max_length=200)
    organization = forms.CharField(label=_("Organization"), required=False, max_length=200)
    parameters = forms.CharField(required=False, label=_("parameters (billions)"), max_length=20)
    huggingface_id = forms.CharField(required=False, label=_("Hugging Face id"), max_length=200)


class MetricNameForm(NameForm):
    """Asks which metric a name stands for, or for the properties of a new one."""

    benchmark = forms.CharField(label=_("Benchmark"), required=False, max_length=200)
    name = forms.CharField(label=_("Name"), required=False, max_length=200)
    key = forms.CharField(label=_("Key"), required=False, max_length=100)
    unit = forms.ChoiceField(
        label=_("Unit"), required=False, choices=[("", "–"), *Metric.Unit.choices]
    )
    unit_label = forms.CharField(
        label=_("Label of another unit (ms, $)"), required=False, max_length=20
    )
    label_in_front = forms.ChoiceField(
        label=_("Label in front of the value"),
        choices=[("no", _("no")), ("yes", _("yes"))],
        required=False,
    )
    minimum = forms.CharField(label=_("Minimum"), required=False, max_length=20)
    maximum = forms.CharField(label=_("Maximum"), required=False, max_length=20)
    higher_is_better = forms.ChoiceField(
        label=_("Higher is better"),
        choices=[*YES_NO, (NEITHER, _("neither: it describes, and ranks nothing"))],
        required=False,
    )
    question_count = forms.CharField(required=False, label=_("questions"), max_length=12)
    is_share_of_questions = forms.ChoiceField(
        choices=YES_NO, required=False, label=_("share of questions answered correctly")
    )


FOR_ALL = [
    ("", _("decide one by one")),
    ("suggested", _("accept all suggestions")),
    ("create", _("create")),
    ("leave out", _("leave out")),
]


class ChoicesForm(SourceForm):
    """Asks what holds for the whole file."""

    other_llms = forms.ChoiceField(
        choices=FOR_ALL, required=False, label=_("LLMs not decided about")
    )
    other_metrics = forms.ChoiceField(
        choices=FOR_ALL, required=False, label=_("Metrics not decided about")
    )
    unit_for_others = forms.ChoiceField(
        choices=[
            ("", "–"),
            *(each for each in Metric.Unit.choices if each[0] != Metric.Unit.OTHER),
        ],
        required=False,
        label=_("Unit where the file says none"),
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
    keep_errors = forms.BooleanField(
        required=False,
        label=_("Keep given standard errors"),
        help_text=_(
            "Of scores that get another value, where the file has no standard error. Else they are "
            "removed: they were given with the old value."
        ),
    )
    create_organizations = forms.BooleanField(required=False, label=_("Allow new organizations"))
    other_facts = forms.ChoiceField(
        choices=[
            (TICKED, _("change only those that are ticked")),
            (EMPTY, _("also fill in what is unknown here")),
            (ALL, _("change all")),
        ],
        required=False,
        label=_("Facts of LLMs that are here"),
    )

    def __init__(self, targets: Targets, catalogue: Catalogue, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        metrics = unique_targets(targets.metrics)
        left_out: Any = self.fields["left_out"]
        left_out.choices = [
            (metric.name, metric.name)
            for metric in metrics
            if metric.id or is_left_out_metric("metric", metric, catalogue)
        ]
        percent: Any = self.fields["percent"]
        percent.choices = [
            (metric.name, f"{metric.name} ({catalogue.metrics[metric.id]})")
            for metric in metrics
            if metric.id and catalogue.metrics[metric.id].unit == Metric.Unit.PROPORTION
        ]


class NameForms:
    """Holds a form for every name that matches nothing here or was decided about."""

    def __init__(
        self,
        targets: Targets,
        choices: Choices,
        reading: Reading,
        catalogue: Catalogue,
        data: Mapping[str, str] | None = None,
        place: NamePlace = START,
    ):
        self.catalogue = catalogue
        self.of_llms = list_open("llm", targets.llms, choices.llms, catalogue, place, data)
        self.of_metrics = list_open(
            "metric", targets.metrics, choices.metrics, catalogue, place, data
        )
        self.suggested = {
            # Only the page shows their number.
            "llm": suggest("llm", targets, reading, catalogue) if data is None else {},
            "metric": suggest("metric", targets, reading, catalogue),
        }
        self.llms = [
            self.make_form(LLMNameForm, *draft, choices.llms, data)
            for draft in draft_names(self.of_llms.shown, llm_drafts, reading, catalogue)
        ]
        self.metrics = [
            self.make_form(MetricNameForm, *draft, choices.metrics, data)
            for draft in draft_names(self.of_metrics.shown, metric_drafts, reading, catalogue)
        ]

    def make_form(
        self,
        form: type[NameForm],
        prefix: str,
        target: Target,
        draft: dict[str, Any],
        chosen: Mapping[str, dict[str, Any]],
        data: Mapping[str, str] | None,
    ) -> NameForm:
        """The form of one name, bound if it was sent, else filled with the choice or the draft."""
        choice = chosen.get(target.name, {})
        sent = data if data and data.get(f"{prefix}-of") == target.name else None
        filled = draft | choice | {"to": choice.get("to", ""), "of": target.name}
        filled["use"] = self.suggest_name(form, choice, target)
        return form(target, data=sent, prefix=prefix, initial=filled)

    def suggest_name(self, form: type[NameForm], choice: dict[str, Any], target: Target) -> str:
        """The name chosen, the one that was sought in vain, or the one that may be meant."""
        if "id" in choice:
            if form is LLMNameForm:
                return self.catalogue.llms[choice["id"]].name
            return self.catalogue.metrics[choice["id"]].key
        if choice.get("sought"):
            return str(choice["sought"])
        if form is LLMNameForm:
            return self.catalogue.similar_llm(target.name)
        suggested = self.suggested["metric"].get(target.name)
        return self.catalogue.metrics[suggested["id"]].key if suggested else ""

    def mistakes(self) -> list[str]:
        """What the forms refuse, in sentences that name the file's name and the box."""
        return [
            f"{form.target.name}: {form.fields[field].label or field}: {' '.join(map(str, said))}"
            for form in (*self.llms, *self.metrics)
            if form.is_bound and not form.is_valid()
            for field, said in form.errors.items()
        ]

    def llm_choices(self) -> dict[str, dict[str, Any]]:
        """The choices about LLMs, by the file's name, of the forms that were sent."""
        return {
            form.target.name: form.choice(self.catalogue.llm)
            for form in self.llms
            if form.is_bound and form.is_valid()
        }

    def metric_choices(self) -> dict[str, dict[str, Any]]:
        """The choices about metrics, by the file's name, of the forms that were sent."""
        return {
            form.target.name: form.choice(self.catalogue.metric)
            for form in self.metrics
            if form.is_bound and form.is_valid()
        }


def draft_names(
    shown: Iterable[tuple[str, Target]],
    make_drafts: Callable[..., Mapping[str, dict[str, Any]]],
    reading: Reading,
    catalogue: Catalogue,
) -> Iterable[tuple[str, Target, dict[str, Any]]]:
    """(prefix, target, draft) of the names on a page."""
    drafts = make_drafts([target.name for _prefix, target in shown], reading, catalogue)
    return [(prefix, target, drafts[target.name]) for prefix, target in shown]
