import pytest
from django.core.exceptions import ValidationError

from leaderboard.models import Source
from leaderboard.text.privacy import private_detail


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("model at /scratch/me/llama-7b, 5 shots", "/scratch/me/llama-7b"),
        ("pretrained=/mnt/models/x", "/mnt/models/x"),
        ("~/models/x", "~/models/x"),
        ("file:///data/x.json", "file:///data/x.json"),
        (r"C:\models\x", r"C:\models\x"),
        (r"\\server\share\x", r"\\server\share\x"),
        ("served by 10.0.0.7", "10.0.0.7"),
        ("http://localhost:8000/v1", "localhost"),
        ("me@node3:/data", "me@node3:"),
        ("path=/root", "/root"),
        ("model at /data", "/data"),
        ("node17:/scratch/x", "/scratch/x"),
        ("C:/Users/me/x", "C:/Users/me/x"),
        ("api_key=abc", "api_key=abc"),
        ("AKIAABCDEFGHIJKLMNOP", "AKIAABCDEFGHIJKLMNOP"),
        ("version 10.2.3", ""),
        ("https://a.example:443/b/c", ""),
        ("token hf_abcdefghijklmnop", "hf_abcdefghijklmnop"),
        ("", ""),
        ("5 shots, temperature 0.7, vLLM 0.10.1, https://example.org/a/b?c=d", ""),
        ("Qwen/Qwen3-8B and/or 1/2", ""),
        ("mail to a.person@example.org", ""),
        ("transformers 4.51.0, torch 2.7.1, lm-eval 0.4.9", ""),
    ],
)
def test_places_on_somebodys_machine_are_found(text, found):
    assert private_detail(text) == found


@pytest.mark.parametrize("field", ["title", "evaluator", "harness", "settings", "file_name"])
def test_a_source_that_names_one_is_refused(db, field):
    source = Source(**{"title": "Run", field: "at /home/me/x"})
    with pytest.raises(ValidationError) as refused:
        source.full_clean()
    assert refused.value.message_dict == {
        field: [
            "“/home/me/x” names a place on somebody's machine, and this is shown to everyone. "
            "Leave it out, or name the model or file alone."
        ]
    }
