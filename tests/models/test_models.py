import re
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError, RestrictedError

from leaderboard.models import (
    CONTENT,
    FIXED_COLUMNS,
    LLM,
    Appearance,
    Benchmark,
    Column,
    Component,
    ContentRevision,
    Fact,
    FactColumn,
    FactValue,
    Leaderboard,
    Metric,
    Organization,
    Picture,
    Score,
    SitePage,
    Source,
    Translation,
)
from leaderboard.models.appearance import keep_picture
from tests.factories import (
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_site_page,
)
from tests.facts import give_value, make_fact, show_facts

pytestmark = pytest.mark.django_db


def errors_of(instance):
    """{field: [sentence, …]} of what full_clean refuses; {} if nothing."""
    try:
        instance.full_clean()
    except ValidationError as error:
        return error.message_dict
    return {}


# Constraints: what the database refuses, whoever writes


def refused_by_database(sql, *parameters):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, parameters)
    except DatabaseError:
        return True
    return False


def insert_score(llm, metric, value="0.5", decimals="2", standard_error="NULL"):
    return (
        "INSERT INTO leaderboard_score"
        " (llm_id, metric_id, value, decimals, standard_error, note)"
        f" VALUES ({llm.pk}, {metric.pk}, {value}, {decimals}, {standard_error}, '')"
    )


ABSURD = ["9e999", "-9e999", "'Infinity'", "'-Infinity'", "'NaN'", "1" + "0" * 15, "-1" + "0" * 15]


@pytest.mark.parametrize("value", [*ABSURD, "NULL", "'0,87'"])
def test_the_database_refuses_a_score_that_is_not_finite_or_out_of_band(value):
    llm, metric = make_llm(), make_metric()
    assert refused_by_database(insert_score(llm, metric, value=value))
    assert not Score.objects.exists()


@pytest.mark.parametrize("standard_error", [*ABSURD, "-0.1"])
def test_the_database_refuses_a_standard_error_that_is_not_finite_or_negative(standard_error):
    llm, metric = make_llm(), make_metric()
    assert refused_by_database(insert_score(llm, metric, standard_error=standard_error))


@pytest.mark.parametrize("decimals", ["9", "-1", "NULL"])
def test_the_database_refuses_more_decimals_than_it_stores(decimals):
    llm, metric = make_llm(), make_metric()
    assert refused_by_database(insert_score(llm, metric, decimals=decimals))


def test_one_score_per_llm_and_metric():
    llm, metric = make_llm(), make_metric()
    assert not refused_by_database(insert_score(llm, metric))
    assert refused_by_database(insert_score(llm, metric))


@pytest.mark.parametrize("field", ["parameters", "active_parameters"])
@pytest.mark.parametrize("value", ["0", "-7", "1" + "0" * 15, "9e999", "'NaN'"])
def test_the_database_refuses_absurd_sizes(field, value):
    make_llm()
    before = LLM.objects.values().get()
    refused = refused_by_database(f"UPDATE leaderboard_llm SET {field} = {value}")
    assert refused or LLM.objects.values().get() == before  # SQLite makes NaN a NULL: unknown


@pytest.mark.parametrize("weight", ["0", "-1", "1" + "0" * 15, "9e999"])
def test_the_database_refuses_weights_that_are_not_positive(weight):
    make_aggregate("mean", [make_metric()])
    assert refused_by_database(f"UPDATE leaderboard_component SET weight = {weight}")


def test_the_database_refuses_a_metric_as_its_own_component_and_a_second_revision():
    metric = make_metric()
    assert refused_by_database(
        "INSERT INTO leaderboard_component (aggregate_id, metric_id, position)"
        f" VALUES ({metric.pk}, {metric.pk}, 0)"
    )
    assert refused_by_database(
        "INSERT INTO leaderboard_contentrevision (id, token, changed_at)"
        " VALUES (2, 'second', '2026-01-01')"
    )


def test_a_bulk_writer_cannot_store_what_is_no_number():
    llm, metric = make_llm(), make_metric()
    for value in ("Infinity", "NaN", "1e999"):
        with pytest.raises((ValidationError, DatabaseError)), transaction.atomic():
            Score.objects.bulk_create(
                [Score(llm=llm, metric=metric, value=Decimal(value), decimals=2)]
            )
    assert not Score.objects.exists()


@pytest.mark.parametrize("model", [LLM, Organization, Benchmark])
def test_the_database_refuses_two_names_with_one_key(model):
    model.objects.create(name="GPT 4")
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.create(name="gpt 4", slug="another")


# Names


@pytest.mark.parametrize("model", [LLM, Organization, Benchmark])
@pytest.mark.parametrize(
    "look_alike", ["GPT-4o", "gpt\u20114o", "gpt−4o", "ｇｐｔ-4ｏ", " gpt-4o "]
)
def test_a_look_alike_of_an_existing_name_is_refused_and_both_are_told(model, look_alike):
    model.objects.create(name="gpt-4o")
    twin = model(name=look_alike, slug="another")
    assert errors_of(twin)["name"] == [
        f"“{twin.name}” looks like “gpt-4o”, which exists already. "
        "Edit that one, or type a name that a reader can tell apart."
    ]


def test_the_two_unicode_forms_of_one_name_are_one_name():
    make_llm("M\u00e9di")
    assert list(errors_of(LLM(name="Me\u0301di", slug="another"))) == ["name"]


def test_an_existing_name_is_no_look_alike_of_itself():
    assert errors_of(make_llm("gpt-4o")) == {}


def test_a_name_is_unique_within_its_benchmark_only():
    english, chinese = make_benchmark("English"), make_benchmark("Chinese")
    make_metric("english-overall", name="overall", benchmark=english)
    make_metric("average", name="Average")
    assert errors_of(Metric(name="overall", key="chinese-overall", benchmark=chinese)) == {}
    assert list(errors_of(Metric(name="Overall", key="again", benchmark=english))) == ["name"]
    assert list(errors_of(Metric(name="average", key="again"))) == ["name"]


@pytest.mark.parametrize("name", ["", "\u200b", "gpt\u202e-4o", "gpt\x00", "gpt\u2028", "–"])
def test_a_blank_or_partly_invisible_name_is_refused(name):
    assert list(errors_of(LLM(name=name, slug="address"))) == ["name"]


def test_a_name_of_more_than_200_characters_is_refused():
    assert errors_of(LLM(name="x" * 300, slug="x"))["name"] == [
        "Ensure this value has at most 200 characters (it has 300)."
    ]
    assert errors_of(LLM(name="\ufdfa" * 200, slug="x"))["name"] == [
        "The name is too long. Type a shorter one."  # one character that NFKC writes as eighteen
    ]


# Addresses


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Qwen3-0.6B", "qwen3-0-6b"),
        ("Llama-4-Scout-17B-16E-Instruct", "llama-4-scout-17b-16e-instruct"),
        ("Médi LLM (v1.5)", "medi-llm-v1-5"),
        ("x" * 200, "x" * 100),
    ],
)
def test_an_address_is_made_from_the_name_with_dots_as_hyphens(name, slug):
    assert make_llm(name).slug == slug


def test_a_name_without_latin_letters_asks_for_an_address():
    assert errors_of(LLM(name="通义千问")) == {
        "slug": ["Type an address: the name has no Latin letter or digit to make it from."]
    }
    assert errors_of(LLM(name="通义千问", slug="tongyi-qianwen")) == {}


def test_an_address_stays_when_the_name_changes():
    llm = make_llm("Qwen3")
    llm.name = "Qwen 3"
    llm.save()
    assert LLM.objects.get().slug == "qwen3"


@pytest.mark.parametrize("key", FIXED_COLUMNS)
def test_a_metric_key_is_none_of_the_fixed_columns(key):
    assert errors_of(Metric(name="Metric", key=key)) == {
        "key": [f"“{key}” is the name of a fixed column. Choose another key."]
    }


@pytest.mark.parametrize("key", ["-average", "_average", "two words", "a,b", "a.b", "ключ", ""])
def test_a_metric_key_is_safe_in_an_address_and_a_sort_order(key):
    assert list(errors_of(Metric(name="Metric", key=key))) == ["key"]


# Numbers


@pytest.mark.parametrize(
    ("fields", "value", "sentence"),
    [
        (
            {},
            "87",
            "87 is outside the range of accuracy (0 to 1, proportion). If this is 87 %, type 0.87.",
        ),
        (
            {},
            "87.35",
            "87.35 is outside the range of accuracy (0 to 1, proportion). "
            "If this is 87.35 %, type 0.8735.",
        ),
        (
            {},
            "-0.1",
            "-0.1 is outside the range of accuracy (0 to 1, proportion). "
            "Check the number and its unit.",
        ),
        (
            {"unit": "percent"},
            "100.5",
            "100.5 is outside the range of accuracy (0 to 100, percent). "
            "Check the number and its unit.",
        ),
        (
            {"unit": "points", "minimum": Decimal(0)},
            "-1",
            "-1 is outside the range of accuracy (0 to ∞, points). Check the number and its unit.",
        ),
    ],
)
def test_a_score_outside_the_range_of_its_metric_is_refused_with_a_remedy(fields, value, sentence):
    metric = make_metric(**fields)
    score = Score(llm=make_llm(), metric=metric, value=Decimal(value))
    assert errors_of(score) == {"value": [sentence]}


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({}, "0"),
        ({}, "1"),
        ({"unit": "percent"}, "87"),
        ({"unit": "points"}, "-999999"),
        ({"maximum": Decimal(5)}, "4.5"),
    ],
)
def test_a_score_inside_the_range_is_accepted(fields, value):
    score = Score(llm=make_llm(), metric=make_metric(**fields), value=Decimal(value))
    assert errors_of(score) == {}


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("0,87", "“0,87” is not a number here: use a point for the decimals, like 0.87."),
        ("1e999", "“1e999” is too large. Type a number below 10¹⁵."),
        ("NaN", "“NaN” is not a number here: leave the box empty if there is no score."),
        (float("nan"), "“nan” is not a number here: leave the box empty if there is no score."),
        (float("inf"), "“inf” is not a number here: leave the box empty if there is no score."),
        (
            "٠.٥",
            "“٠.٥” is not a number here: type plain digits 0–9 and a point, "
            "without special characters or spaces.",
        ),
        ("0.123456789", "Ensure that there are no more than 8 decimal places."),
        (
            "12345678901.123456",
            "12345678901.123456 has more than 15 digits, which are not kept exactly. Round it.",
        ),
    ],
)
def test_a_value_that_is_no_plain_number_is_refused_with_a_remedy(value, sentence):
    score = Score(llm=make_llm(), metric=make_metric(), value=value)
    assert errors_of(score) == {"value": [sentence]}


@pytest.mark.parametrize(
    ("value", "metric_decimals", "decimals"),
    [("0.8", 2, 2), ("0.8512", 2, 4), ("1", 0, 0), ("0.5", 3, 3), ("0.12345678", 2, 8)],
)
def test_digits_as_reported_are_those_typed_and_at_least_the_metrics(
    value, metric_decimals, decimals
):
    metric = make_metric(decimals=metric_decimals)
    assert make_score(make_llm(), metric, value).decimals == decimals


def test_digits_that_are_given_stay():
    assert make_score(make_llm(), make_metric(), "0.8", decimals=1).decimals == 1


@pytest.mark.parametrize(
    ("unit", "minimum", "maximum"),
    [("proportion", 0, 1), ("percent", 0, 100), ("points", None, None)],
)
def test_a_unit_brings_its_range(unit, minimum, maximum):
    metric = make_metric(unit=unit)
    assert (metric.minimum, metric.maximum) == (minimum, maximum)


def test_a_range_has_a_width():
    metric = Metric(name="a", key="a", minimum=Decimal("0.5"), maximum=Decimal("0.5"))
    assert errors_of(metric) == {"maximum": ["The maximum must be above the minimum."]}


def test_there_are_no_more_active_parameters_than_parameters():
    llm = LLM(name="A", parameters=Decimal(7), active_parameters=Decimal(37))
    assert errors_of(llm) == {
        "active_parameters": ["More active parameters than parameters: check both numbers."]
    }


# Links


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://example.org/",
        "//example.org/",
        "example.org",
        "https://",
        "https://exa mple.org",
        "https://[::1",
        "https://example.org/\nx",
    ],
)
def test_only_web_addresses_become_links(address):
    assert errors_of(LLM(name="A", homepage=address)) == {
        "homepage": [
            "This is not a web address. Type the address of a page, like https://example.org/page."
        ]
    }


@pytest.mark.parametrize(
    "address", ["https://user:pass@example.org/", "https://user@example.org", "http://:x@a.org/"]
)
def test_an_address_holds_nobodys_password(address):
    assert list(errors_of(LLM(name="A", homepage=address))) == ["homepage"]


@pytest.mark.parametrize(
    "address", ["", "https://example.org", "http://example.org:8000/x?y=1#z", "https://例え.jp/ü"]
)
def test_web_addresses_are_accepted(address):
    assert errors_of(LLM(name="A", homepage=address)) == {}


@pytest.mark.parametrize(
    ("contact", "accepted"),
    [
        ("", True),
        ("someone@example.org", True),
        ("https://example.org/issues", True),
        ("javascript:alert(1)", False),
        ("someone@example.org?bcc=x@y.org <b>", False),
        ("Someone", False),
    ],
)
def test_a_contact_is_an_e_mail_or_web_address(contact, accepted):
    board = make_leaderboard([make_metric()])
    board.contact = contact
    refusal = {"contact": ["Type an e-mail address, or a web address that starts with https://."]}
    assert errors_of(board) == ({} if accepted else refusal)


@pytest.mark.parametrize(
    ("identifier", "accepted"),
    [
        ("Qwen/Qwen3-0.6B", True),
        ("Qwen3", False),
        ("https://huggingface.co/Qwen/Qwen3", False),
        ("a/b\n", False),
        ("../x", True),
    ],
)
def test_a_hugging_face_id_is_organization_and_name(identifier, accepted):
    errors = errors_of(LLM(name="A", huggingface_id=identifier))
    refusal = {"huggingface_id": ["Type the id as in its address: organization/name."]}
    assert errors == ({} if accepted else refusal)


# Aggregates


def test_a_metric_cannot_be_made_from_itself():
    metric = make_metric("a", aggregate=Metric.Aggregate.MEAN)
    assert errors_of(Component(aggregate=metric, metric=metric))["metric"] == [
        "a is made from a itself. Choose a metric that does not depend on it."
    ]


def test_circular_components_are_refused_at_any_depth():
    inner = make_aggregate("inner", [make_metric("measured")])
    middle = make_aggregate("middle", [inner])
    outer = make_aggregate("outer", [middle])
    assert errors_of(Component(aggregate=inner, metric=outer)) == {
        "metric": ["outer is made from inner itself. Choose a metric that does not depend on it."]
    }
    assert errors_of(Component(aggregate=outer, metric=inner)) == {}


def test_a_component_of_a_weighted_mean_needs_a_weight_or_a_number_of_questions():
    weighted = make_metric("overall", aggregate=Metric.Aggregate.QUESTION_WEIGHTED)
    counted, uncounted = make_metric("a", question_count=10), make_metric("b")
    assert errors_of(Component(aggregate=weighted, metric=counted)) == {}
    assert errors_of(Component(aggregate=weighted, metric=uncounted, weight=Decimal(2))) == {}
    assert errors_of(Component(aggregate=weighted, metric=uncounted)) == {
        "weight": ["b has no number of questions. Give it one, or type a weight here."]
    }


def test_a_leaderboard_is_ranked_by_one_of_its_columns():
    shown, other = make_metric("shown"), make_metric("other")
    board = make_leaderboard([shown], ranking_metric=other)
    with pytest.raises(ValidationError, match="other is not among the columns"):
        board.check_ranking_metric([shown.pk])
    board.check_ranking_metric([shown.pk, other.pk])


# Deletion


def test_a_benchmark_goes_with_its_metrics_their_aggregate_and_scores():
    benchmark = make_benchmark()
    a, b = make_metric("a", benchmark=benchmark), make_metric("b", benchmark=benchmark)
    overall = make_aggregate("overall", [a, b], benchmark=benchmark)
    make_score(make_llm(), overall, "0.5")
    benchmark.delete()
    counts = [model.objects.count() for model in (Benchmark, Metric, Component, Score, LLM)]
    assert counts == [0, 0, 0, 0, 1]


def test_a_component_of_somebody_elses_aggregate_stays():
    benchmark = make_benchmark()
    make_aggregate("average", [make_metric("a", benchmark=benchmark)])
    with pytest.raises(RestrictedError):
        benchmark.delete()


def test_what_a_leaderboard_ranks_by_and_what_scores_cite_stay():
    metric, llm = make_metric(), make_llm(organization=Organization.objects.create(name="Org"))
    make_leaderboard([metric])
    make_score(llm, metric, "0.5", source=Source.objects.create(title="Paper"))
    for used in (metric, Source.objects.get(), Organization.objects.get()):
        with pytest.raises(ProtectedError):
            used.delete()


# History


def test_every_change_of_content_is_in_its_history():
    llm, metric = make_llm(), make_metric()
    score = make_score(llm, metric, "0.5")
    score.value = Decimal("0.75")
    score._change_reason = "x" * 400
    score.save()
    score.delete()
    entries = Score.history.order_by("history_id").values_list(
        "history_type", "value", "history_change_reason"
    )
    assert list(entries) == [
        ("+", Decimal("0.5"), None),
        ("~", Decimal("0.75"), "x" * 400),
        ("-", Decimal("0.75"), "x" * 400),
    ]


def test_all_content_has_a_history_natural_keys_and_a_published_queryset():
    for model in CONTENT:
        assert model.history.count() == 0
        assert list(model._default_manager.published()) == []
        assert callable(model._default_manager.get_by_natural_key)


def make_what_the_seed_lacks():
    board, fact = Leaderboard.objects.get(), make_fact("Price in")
    show_facts(board, fact)
    return {
        SitePage: make_site_page(),
        Picture: keep_picture(b"picture", "image/png"),
        Fact: fact,
        FactColumn: FactColumn.objects.get(),
        FactValue: give_value(LLM.objects.first(), fact, "1"),
    }


def test_natural_keys_lead_back_to_their_rows(anesbench):
    for model in CONTENT:
        instance = model._default_manager.order_by("pk").last()
        if instance is None:
            instance = make_what_the_seed_lacks()[model]
        found = model._default_manager.get_by_natural_key(*instance.natural_key())
        assert found == instance


# What is published


def make_public_and_draft_content():
    shown = make_metric("shown", benchmark=make_benchmark("Shown"))
    part = make_metric("part", benchmark=make_benchmark("Part"))
    hidden = make_metric("hidden", benchmark=make_benchmark("Hidden"))
    average = make_aggregate("average", [part])
    other = make_aggregate("other", [hidden])
    make_leaderboard([shown, average])
    make_leaderboard([hidden, other, shown], slug="draft", is_published=False)
    for name, is_published in (("Public", True), ("Draft", False)):
        llm = make_llm(
            name,
            organization=Organization.objects.create(name=f"Org of {name}"),
            is_published=is_published,
        )
        for metric in (shown, part, hidden):
            source = Source.objects.create(title=f"{name} {metric.key}")
            make_score(llm, metric, "0.5", source=source)
    board, draft = Leaderboard.objects.order_by("pk")
    for owner, field in (
        ({"benchmark": shown.benchmark}, "description"),
        ({"benchmark": hidden.benchmark}, "description"),
        ({"metric": part}, "description"),
        ({"metric": hidden}, "description"),
        ({"leaderboard": board}, "title"),
        ({"leaderboard": draft}, "title"),
        ({"sitepage": make_site_page("Public")}, "title"),
        ({"sitepage": make_site_page("Draft", is_published=False)}, "title"),
        ({"appearance": Appearance.objects.create(name="Site")}, "name"),
    ):
        Translation.objects.create(**owner, language="zh-hans", field=field, text="甲")


def test_published_is_what_a_public_page_shows_or_depends_on():
    make_public_and_draft_content()
    facts = [make_fact("Price in"), make_fact("Price out")]
    show_facts(Leaderboard.objects.get(is_published=True), facts[0])
    for llm in LLM.objects.all():
        for fact in facts:
            give_value(llm, fact, "1")
    published = {
        model.__name__: [str(each) for each in model._default_manager.published().order_by("pk")]
        for model in CONTENT
    }
    assert published == {
        "Organization": ["Org of Public"],
        "LLM": ["Public"],
        "Benchmark": ["Shown", "Part"],
        "Metric": ["Shown shown", "Part part", "average"],
        "Component": ["Part part in average"],
        "Source": ["Public shown", "Public part"],
        "Score": ["Public in Shown shown: 0.5", "Public in Part part: 0.5"],
        "Leaderboard": ["Board"],
        "SitePage": ["Public"],
        "Column": ["Shown shown on Board", "average on Board"],
        "Picture": [],
        "Appearance": ["Site"],
        "Translation": [
            "description of Shown in Simplified Chinese",
            "description of Part part in Simplified Chinese",
            "title of Board in Simplified Chinese",
            "title of Public in Simplified Chinese",
            "site name of Site in Simplified Chinese",
        ],
        "Fact": ["Price in"],
        "FactColumn": ["Price in on Board"],
        "FactValue": ["Public, Price in: 1"],
    }


def test_leaderboards_stand_by_position():
    metric = make_metric()
    for slug, position in (("b", 2), ("a", 3), ("c", 1)):
        make_leaderboard([metric], slug=slug, position=position)
    assert [board.slug for board in Leaderboard.objects.published()] == ["c", "b", "a"]
    assert Column.objects.published().count() == 3


def test_a_short_title_is_what_tells_leaderboards_apart():
    titles = ["LeaderBoard - AnesBench", "AnesBench", "A - B - C"]
    assert [Leaderboard(title=title).short_title for title in titles] == ["AnesBench"] * 2 + ["C"]


def test_the_revision_is_a_random_token():
    make_public_and_draft_content()
    assert re.fullmatch("[0-9a-f]{16}", str(ContentRevision.objects.get()))
