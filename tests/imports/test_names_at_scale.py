"""Names of files that lead to LLMs and organizations that are here, however many there are."""

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile

from leaderboard.imports.catalogue import load_catalogue
from leaderboard.imports.drafts import llm_drafts
from leaderboard.models import LLM, Alias, Organization
from leaderboard.readers.results import Reading
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
