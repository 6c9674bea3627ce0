"""How a run was set up, as the text of its source says it, brought into one form for comparison.

The formats write this text from an allow-list; a source keeps it as it is. One function reads it
back, of a new file and of a stored source alike, so that both can be compared. What a text does not
say is unknown, and unknown settings never differ. Pure: no Django, no database.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

# In the order in which they stand behind the name of an LLM.
SETTINGS = N_SHOT, QUANTIZATION, REVISION, ADAPTER, PROMPT, EPOCHS = (
    "n-shot", "quantization", "model revision", "adapter", "prompt", "epochs",
)  # fmt: skip
NONE = "none"
ALL_TASKS = ""  # a task's name that stands for every task
CUT = "…"  # at the end of a text that was too long
ON = {"true", "1", "yes"}
COMMIT = re.compile(r"[0-9a-f]{7,64}")
UNNAMED = {"no_revision_available", "external"}  # what MTEB calls a revision that is not known
# How the formats begin what they say of an adapter, and of a prompt.
ADAPTERS = ("peft ", "peft_list ", "delta ", "adapter ")
PROMPTS = ("chat template ", "system instruction ", "fewshot_as_multiturn ", "method ")


def write_by_task(label: str, values: Mapping[str, str]) -> str:
    """Writes “n-shot: 0” if all tasks have one value, else the value of each task; "" for none."""
    said = {task: value for task, value in values.items() if value}
    if not said:
        return ""
    if len(set(said.values())) == 1 and label == N_SHOT:
        return f"{label}: {next(iter(said.values()))}"
    return f"{label}: " + ", ".join(f"{task} {value}" for task, value in said.items())


def read_run_settings(text: str, harness: str, task: str) -> dict[str, str]:
    """Returns {setting: value} of what a source's text says of a task; unknown ones are absent."""
    of_all, shots = _read(text, harness)
    values = {shots[name] for name in (ALL_TASKS, task, bare_task(task)) if name in shots}
    return of_all | _stated({N_SHOT: values.pop() if len(values) == 1 else ""})


@lru_cache(maxsize=256)  # thousands of results have one text
def _read(text: str, harness: str) -> tuple[dict[str, str], dict[str, str]]:
    """Returns the settings of all tasks, and the shots of each."""
    parts = text.split("; ")
    if text.endswith(CUT):
        parts[-1] = parts[-1].rpartition(", ")[0]
    shots = next((part for part in parts if part.startswith(N_SHOT)), "")
    found = {
        QUANTIZATION: _read_quantization(parts),
        REVISION: _read_revision(parts),
        ADAPTER: ", ".join(_after(parts, ADAPTERS)),
        PROMPT: _read_prompt(parts),
        EPOCHS: next(_after(parts, ("epochs ",)), "").partition(" ")[0],
    }
    return _mean_by_silence(harness, bool(shots), text) | _stated(found), _read_shots(shots)


def _stated(found: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in found.items() if value}


def _mean_by_silence(harness: str, has_shots: bool, text: str) -> dict[str, str]:
    """Returns what a harness means where its text says nothing.

    Other programs' records of a run of lm-evaluation-harness, and means made from its samples, do
    not say how many shots it had, and nothing of its adapter.
    """
    if harness == "lm-evaluation-harness" and has_shots:
        return {QUANTIZATION: NONE, ADAPTER: NONE}
    if harness == "Inspect" and "Every Eval Ever" not in text:
        return {EPOCHS: "1"}
    return {}


def _after(parts: list[str], starts: tuple[str, ...]) -> Iterator[str]:
    for part in parts:
        for start in starts:
            if part.startswith(start):
                yield part.removeprefix(start)


def _read_shots(part: str) -> dict[str, str]:
    """Returns the shots of each task; "" for a task that was run with several."""
    said = re.sub(r"^n-shot:? ", "", part)
    if said.isdecimal():
        return {ALL_TASKS: said}
    shots: dict[str, str] = {}
    for pair in said.split(", "):
        task, _, count = pair.rpartition(" ")
        if task:
            shots[task] = count if shots.get(task, count) == count else ""
    return shots


def bare_task(task: str) -> str:
    """Returns the task without what lighteval writes around it: its suite and its shots."""
    parts = task.split("|")
    return parts[0] if len(parts) < 3 else parts[1]


def _read_quantization(parts: list[str]) -> str:
    bits = [f"{bits}-bit" for bits in _after(parts, ("load_in_",)) for bits in _switched_on(bits)]
    return ", ".join([*bits, *_after(parts, ("quantization ",))])


def _switched_on(said: str) -> Iterator[str]:
    bits, _, value = said.partition("bit ")
    if value.lower() in ON:
        yield bits


def _read_revision(parts: list[str]) -> str:
    """Returns the commit if the text has one, else the name of the revision."""
    said = next(_after(parts, ("model revision ",)), "")
    commit = re.search(r"\(([^()]+)\)$", said)
    return commit[1] if commit else "" if said in UNNAMED else said


def _read_prompt(parts: list[str]) -> str:
    said = [
        part
        for part in parts
        if part.startswith(PROMPTS) and not part.lower().endswith((" false", " 0"))
    ]
    for value in _after(parts, ("use_chat_template ",)):
        said.append("chat template" if value.lower() in ON else f"chat template {NONE}")
    return ", ".join(said)


def find_differences(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Returns {setting: (old, new)} of what both know and differs."""
    return {
        name: (old[name], new[name])
        for name in SETTINGS
        if name in old and name in new and not _is_alike(name, old[name], new[name])
    }


def _is_alike(name: str, old: str, new: str) -> bool:
    """Whether two values may mean the same: a branch may stand at any commit."""
    commits = [bool(COMMIT.fullmatch(value)) for value in (old, new)]
    if name != REVISION or not any(commits):
        return old == new
    return not all(commits) or old.startswith(new) or new.startswith(old)


def name_setting(name: str, value: str) -> str:
    """Returns what is put in brackets behind the name of an LLM that was run so: “0-shot”."""
    match name:
        case "n-shot":
            return f"{value}-shot"
        case "quantization":
            return "not quantized" if value == NONE else value
        case "model revision":
            return f"revision {value[:12] if COMMIT.fullmatch(value) else value}"
        case "adapter":
            return "no adapter" if value == NONE else f"adapter {value}"
        case "epochs":
            return "1 epoch" if value == "1" else f"{value} epochs"
    return value.replace(f"chat template {NONE}", "no chat template")
