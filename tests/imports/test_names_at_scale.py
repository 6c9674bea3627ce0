"""Names of files that lead to LLMs and organizations that are here, however many there are."""

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError

from leaderboard.imports.catalogue import load_catalogue
from leaderboard.imports.choices import Choices
from leaderboard.imports.drafts import llm_drafts
from leaderboard.imports.matching import find_targets
from leaderboard.imports.suggestions import suggest_metrics
from leaderboard.models import LLM, Alias, Benchmark, Import, Metric, Organization
from leaderboard.readers.results import MetricDraft, Reading
from tests.factories import make_llm, make_metric
from tests.imports.command import preview, run
from tests.imports.trying import result

pytestmark = pytest.mark.django_db
ADD = "/admin/leaderboard/import/add/"
NAMES = [
    "Scaffold + Model X w/ Review Heavy",
    "Scaffold + Model 480B/A35B Instruct",
    "NousResearch/CodeLlama-34b-hf",
    "codellama/CodeLlama-34b-hf",
    "01-ai/yi-34b",
    "Qwen/Qwen2.5-7B-Instruct",
    "meta-llama/Llama-3.1-8B-Instruct",
    "google/gemma-2-9b-it",
    "DeepSeek R1",
]
FILE = "LLM,amcqa-overall\n" + "".join(
    f"{name},{0.5 + place / 100:.2f}\n" for place, name in enumerate(NAMES)
)


@pytest.fixture
def maintainer(client, django_user_model):
    user = django_user_model.objects.create_user("maintainer", is_staff=True)
    user.groups.add(Group.objects.get(name="Maintainers"))
    client.force_login(user)
    return client


def upload(client, content, name="names.csv"):
    file = SimpleUploadedFile(name, content.encode())
    return client.post(ADD, {"file": file}, follow=True)


# Names and owners


def test_nine_names_are_offered_whole_and_known_owners_lead_to_organizations(anesbench, maintainer):
    page = upload(maintainer, FILE)
    offered = [
        (form.initial["name"], form.initial["organization"], form.initial["use"])
        for form in page.context["names"].llms
    ]
    assert offered == [
        ("Scaffold + Model X w/ Review Heavy", "", ""),
        ("Scaffold + Model 480B/A35B Instruct", "", ""),
        ("NousResearch/CodeLlama-34b-hf", "NousResearch", ""),
        ("codellama/CodeLlama-34b-hf", "codellama", ""),
        ("yi-34b", "01.AI", ""),
        ("DeepSeek R1", "", "deepseek-r1"),
    ]


def test_the_command_makes_two_llms_of_one_name_and_two_owners(anesbench, write):
    before = set(LLM.objects.values_list("pk", flat=True))
    path = write(FILE, "names.csv")
    named = [line["llm"] for line in preview(path, "--create-llms")["lines"]]
    run(path, "--create-llms")
    made = LLM.objects.exclude(pk__in=before).order_by("pk")
    assert list(made.values_list("name", "slug", "organization__name")) == [
        ("Scaffold + Model X w/ Review Heavy", "scaffold-model-x-w-review-heavy", None),
        ("Scaffold + Model 480B/A35B Instruct", "scaffold-model-480b-a35b-instruct", None),
        ("NousResearch/CodeLlama-34b-hf", "nousresearch-codellama-34b-hf", "NousResearch"),
        ("codellama/CodeLlama-34b-hf", "codellama-codellama-34b-hf", "codellama"),
        ("yi-34b", "yi-34b", "01.AI"),
        ("DeepSeek R1", "deepseek-r1-2", None),
    ]
    assert named == [
        *NAMES[:4], "yi-34b", "Qwen2.5-7B-Instruct", "Llama-3.1-8B-Instruct", "gemma-2-9b-it",
        "DeepSeek R1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("owner", "organization"),
    [
        ("01-ai", "01.AI"), ("Qwen", "Alibaba Qwen"), ("meta-llama", "Meta"),
        ("google", "Google DeepMind"), ("GOOGLE", "Google DeepMind"), ("meta", "Meta"),
        ("acme", "acme"),
    ],
)  # fmt: skip
def test_an_owner_leads_to_the_organization_that_is_here(anesbench, owner, organization):
    name = f"{owner}/unheard-of-1b"
    draft = llm_drafts([name], Reading(results=(result(name),)), load_catalogue())[name]
    assert (draft["name"], draft["organization"]) == ("unheard-of-1b", organization)


def test_an_alias_shows_whose_an_owner_is_and_two_organizations_show_nothing():
    ours, other = (Organization.objects.create(name=name) for name in ("Ours", "Other"))
    llm = make_llm("One", organization=ours)
    Alias.objects.create(name="acme/one", llm=llm)
    assert load_catalogue().organization_of("acme") == "Ours"
    make_llm("Two", organization=other, huggingface_id="acme/two")
    assert load_catalogue().organization_of("acme") == "acme"


@pytest.mark.parametrize(
    ("name", "suggested"),
    [
        ("DeepSeek R1", "deepseek-r1"), ("deepseek_r1", "deepseek-r1"),
        ("deepseek-ai/DeepSeek R1", None), ("deepseek-ai/Deepseek_R1", "deepseek-r1"),
        ("other/deepseek.r1", None), ("deepseek-r1-zero", None), ("deepseek-r2", None),
    ],
)  # fmt: skip
def test_only_another_spelling_is_a_suggestion(anesbench, name, suggested):
    catalogue = load_catalogue()
    found = catalogue.suggested_llm(name)
    assert (catalogue.llms[found].name if found else None) == suggested


def test_an_llm_is_found_by_the_name_it_had(write):
    make_metric()
    llm = make_llm("Old Name")
    llm.name = "New Name"
    llm.save()
    Alias.objects.keep_old_name(llm, "Old Name")
    (line,) = preview(write("llm,accuracy\nold name,0.5\n"))["lines"]
    assert (line["llm"], line["state"]) == ("New Name", "new")


def test_an_owner_stays_in_the_name_where_an_llm_here_has_it():
    make_llm("Rocket", huggingface_id="acme/Rocket")
    name = "other/Rocket"
    draft = llm_drafts([name], Reading(results=(result(name),)), load_catalogue())[name]
    assert (draft["name"], draft["huggingface_id"]) == (name, name)


# A thousand names


def sent(page, **more):
    """What a browser sends of the form of choices, with the button pressed."""
    names, place = page.context["names"], page.context["place"]
    forms = (*names.llms, *names.metrics, page.context["form"])
    data = {bound.html_name: bound.value() for form in forms for bound in form}
    data |= {"names": place.sought, "open": "1" if place.only_open else ""}
    if names.of_llms.pages > 1:
        data["llm-page"] = names.of_llms.page
    data |= more
    return {name: value for name, value in data.items() if value not in ("", [], None, False)}


def press(client, page, **more):
    """The page that follows; a form without an action goes to the address it is at."""
    request = page.request
    address = request["PATH_INFO"] + ("?" + request["QUERY_STRING"]).rstrip("?")
    return client.post(address, sent(page, **more), follow=True)


def write_names(known, unheard):
    """A file of so many other spellings of LLMs that are here, and of names that are not."""
    make_metric()
    names = [f"Rocket-{n}B" for n in range(known)]
    LLM.objects.bulk_create(
        LLM(name=name, slug=name.lower(), name_key=name.lower()) for name in names
    )
    rows = [f"Rocket {n}B,0.5" for n in range(known)]
    rows += [f"Unheard {n},0.5" for n in range(unheard)]
    return "llm,accuracy\n" + "\n".join(rows) + "\n"


def test_a_maintainer_is_through_a_thousand_names_in_four_clicks(maintainer):
    page = upload(maintainer, write_names(600, 400))
    names = page.context["names"]
    assert (len(names.llms), names.of_llms.undecided, len(names.suggested["llm"])) == (
        100,
        1000,
        600,
    )
    page = press(maintainer, page, accept="llm")
    assert page.context["names"].of_llms.undecided == 400
    page = press(maintainer, page, names="unheard 39", do="choose")
    found = [form.target.name for form in page.context["names"].llms]
    assert found == ["Unheard 39", *(f"Unheard {n}" for n in range(390, 400))]
    page = press(maintainer, page, other_llms="create", do="choose")
    assert page.context["names"].of_llms.undecided == 0
    preview = page.context["preview"]
    assert (len(preview.scores), len(preview.new_llms), preview.blocking) == (1000, 400, [])


COLUMNS = "llm,Accuracy MMLU,acc,mmlu-pro accuracy,Elo\nAlpha,0.5,0.6,0.7,1200\n"


@pytest.fixture
def spelled():
    """Metrics that the columns of COLUMNS spell otherwise: two of them; “acc” would be both."""
    make_llm("Alpha")
    for benchmark in ("MMLU", "GPQA"):
        row = Benchmark.objects.create(name=benchmark)
        make_metric(f"{benchmark.lower()}-accuracy", name="accuracy", benchmark=row)
    make_metric("mmlu-pro-accuracy")


def chosen_metrics():
    """{name of the file: the choice, with the metric by its key}."""
    keys = dict(Metric.objects.values_list("pk", "key"))
    return {
        name: keys.get(choice.get("id"), choice.get("to"))
        for name, choice in Import.objects.get().choices["metrics"].items()
        if choice
    }


def test_suggested_metrics_are_accepted_at_once_and_the_rest_is_left_out(maintainer, spelled):
    page = upload(maintainer, COLUMNS)
    names = page.context["names"]
    offered = {form.target.name: form.initial["use"] for form in names.metrics}
    assert offered == {"Accuracy MMLU": "mmlu-accuracy", "acc": "", "Elo": ""}
    page = press(maintainer, page, accept="metric")
    assert chosen_metrics() == {"Accuracy MMLU": "mmlu-accuracy"}
    page = press(maintainer, page, without="metric")
    assert chosen_metrics() == {
        "Accuracy MMLU": "mmlu-accuracy", "acc": "leave out", "Elo": "leave out",
    }  # fmt: skip
    preview = page.context["preview"]
    assert (len(preview.scores), preview.blocking) == (2, [])


def test_a_hundred_columns_get_a_unit_at_once_where_the_file_says_none(maintainer):
    make_llm("Alpha")
    names = [f"task {n}" for n in range(120)]
    header, values = ",".join(["llm", "Share (%)", *names]), ",".join(["Alpha", *["50"] * 121])
    page = upload(maintainer, f"{header}\n{values}\n")
    page = press(maintainer, page, other_metrics="create", do="choose")
    assert page.context["names"].of_metrics.undecided == 120
    page = press(maintainer, page, unit_for_others="points", do="choose")
    preview = page.context["preview"]
    assert (preview.blocking, [each.new.unit for each in preview.new_metrics]) == (
        [], ["percent", *["points"] * 120],
    )  # fmt: skip


def test_a_suggested_metric_that_nobody_accepts_is_not_chosen(maintainer, spelled):
    press(maintainer, upload(maintainer, COLUMNS), do="choose")
    assert chosen_metrics() == {}


def test_an_acc_of_one_benchmark_is_no_accuracy_of_another(spelled):
    names = ("mmlu / acc,none", "GPQA / accuracy", "other / acc,none", "other / accuracy")
    reading = Reading(
        results=tuple(result(metric=name) for name in names),
        metrics={
            name: MetricDraft(name.partition(" / ")[2].partition(",")[0], name.partition(" / ")[0])
            for name in names
        },
    )
    catalogue = load_catalogue()
    targets = find_targets(reading, Choices(), catalogue)
    suggested = suggest_metrics(targets, reading, catalogue)
    assert {name: str(catalogue.metrics[choice["id"]]) for name, choice in suggested.items()} == {
        "mmlu / acc,none": "MMLU accuracy"
    }


def test_the_command_accepts_suggestions_where_it_is_told_to_and_says_which(write, spelled):
    path = write(COLUMNS.replace("Alpha", "al_pha"), "names.csv")
    with pytest.raises(CommandError, match="--accept-suggestions"):
        run(path, "--leave-out", "Elo", "--leave-out", "acc")
    lines = run(path, "--accept-suggestions", "--leave-out")
    assert [line for line in lines if "Suggestions" in line] == [
        "  Suggestions accepted: “al_pha” is Alpha.",
        "  Suggestions accepted: “Accuracy MMLU” is MMLU accuracy.",
    ]
    assert lines[-1] == "2 changes: 2 new"


def test_what_matches_nothing_is_left_out_on_all_pages_and_suggestions_stay(maintainer):
    page = press(maintainer, upload(maintainer, write_names(90, 120)), without="llm")
    assert page.context["names"].of_llms.undecided == 90
    assert str(page.context["preview"].counts["left out"]) == "120"


def test_every_name_is_on_a_page_and_choices_stay_on_the_way_there(maintainer):
    page = upload(maintainer, write_names(120, 110))
    first = page.context["names"].llms[0]
    seen = []
    page = press(maintainer, page, **{f"{first.prefix}-to": "leave out", "next": "llm"})
    for _ in range(2):
        seen += [form.target.name for form in page.context["names"].llms]
        page = press(maintainer, page, next="llm")
    assert (len(seen), seen[0], seen[-1]) == (130, "Rocket 100B", "Unheard 109")
    assert Import.objects.get().choices["llms"]["Rocket 0B"] == {"to": "leave out"}


def test_an_address_of_no_page_shows_one(maintainer):
    address = upload(maintainer, write_names(0, 101)).context["imported"].get_absolute_url()
    for query in ("llm-page=x", "llm-page=999999", "metric-page=-1", "names=%00"):
        assert maintainer.get(f"{address}?{query}").status_code == 200, query


# Decisions


@pytest.mark.parametrize(
    ("typed", "choice"),
    [
        ({"use": "alpha"}, "use"), ({"name": "Gamma"}, "create"), ({"parameters": "7"}, "create"),
        ({"to": "leave out", "use": "alpha"}, "leave out"), ({}, None),
    ],
)  # fmt: skip
def test_typing_into_a_box_chooses_it(maintainer, typed, choice):
    make_metric()
    make_llm("Alpha")
    page = upload(maintainer, "llm,accuracy\nx9,0.5\n")
    (form,) = page.context["names"].llms
    press(maintainer, page, do="choose", **{f"{form.prefix}-{k}": v for k, v in typed.items()})
    assert Import.objects.get().choices["llms"].get("x9", {}).get("to") == choice


def test_decisions_outlive_an_undo(maintainer):
    make_metric()
    alpha = make_llm("Alpha")
    page = upload(maintainer, "llm,accuracy\nx9,0.5\nNew,0.6\nNobody,0.7\n")
    is_, create, leave_out = (form.prefix for form in page.context["names"].llms)
    page = press(
        maintainer, page, do="choose",
        **{f"{is_}-use": "Alpha", f"{create}-name": "Newer", f"{leave_out}-to": "leave out"},
    )  # fmt: skip
    address = page.context["imported"].get_absolute_url()
    before = page.context["preview"].digest
    maintainer.post(address, {"do": "confirm", "digest": before}, follow=True)
    assert LLM.objects.filter(name="Newer").exists()
    maintainer.post(address, {"do": "undo"}, follow=True)
    again = upload(maintainer, "llm,accuracy\nx9,0.5\nNew,0.65\nNobody,0.7\n", "mended.csv")
    preview = again.context["preview"]
    assert (preview.blocking, [row.new.name for row in preview.new_llms]) == ([], ["Newer"])
    alpha.delete()
    page = upload(maintainer, "llm,accuracy\nx9,0.5\n")
    assert page.context["names"].of_llms.undecided == 1
