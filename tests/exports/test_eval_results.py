"""Files for the folder .eval_results of a repository on Hugging Face."""

from datetime import date

import pytest
import yaml

from leaderboard.models import LLM, Metric, Score
from leaderboard.readers.results import FileContext
from tests.exports.sharing import SITE, content
from tests.factories import make_aggregate, make_benchmark, make_metric, make_score
from tests.readers.json_files import read

pytestmark = pytest.mark.django_db
ADDRESS = "/llms/alpha/eval_results.yaml"


def put_on_hub(metric):
    metric.benchmark.dataset = "https://huggingface.co/datasets/org/bench"
    metric.benchmark.save()


def test_a_benchmark_on_the_hub_is_a_result_with_what_is_known_of_it(board, client):
    metric = Metric.objects.get()
    put_on_hub(metric)
    metric.is_share_of_questions = True
    metric.save()
    Score.objects.filter(llm__slug="alpha").update(measured_on=date(2025, 3, 6), question_count=50)
    text = content(client, ADDRESS)
    assert text.startswith(f"# From {SITE}/llms/alpha/, ")
    assert yaml.safe_load(text) == [
        {
            "dataset": {"id": "org/bench", "task_id": "accuracy"},
            "value": 0.85,
            "date": "2025-03-06",
            "source": {"url": "https://example.org/paper", "name": "Paper"},
            "notes": "in proportion; n = 50; partial run; 95 % interval 0.72643624 to 0.92362044; "
            "evaluator: unknown",
        }
    ]


def test_what_has_no_data_set_on_the_hub_is_left_out(board, client):
    metric, alpha = Metric.objects.get(), LLM.objects.get(slug="alpha")
    assert yaml.safe_load(content(client, ADDRESS)) == []
    assert "No benchmark of a shown score has a data set on Hugging Face." in content(
        client, ADDRESS
    )
    put_on_hub(metric)
    other = make_metric("f1", benchmark=make_benchmark("Other"))
    mean = make_aggregate("mean", [metric, other])
    for position, each in enumerate((other, mean), 1):
        board.columns.create(metric=each, position=position)
    make_score(alpha, other, "0.5")
    found = yaml.safe_load(content(client, ADDRESS))
    assert [each["dataset"]["task_id"] for each in found] == ["accuracy"]


def test_the_import_reads_the_file(board, client):
    put_on_hub(Metric.objects.get())
    reading = read(client.get(ADDRESS).content, FileContext(llm="Alpha"))
    (result,) = reading.results
    assert (result.llm, result.metric, str(result.value)) == (
        "Alpha", "org/bench / accuracy", "0.85",
    )  # fmt: skip
    assert client.get("/llms/nobody/eval_results.yaml").status_code == 404
