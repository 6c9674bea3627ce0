"""Does a change leave every public answer as it was? All answers of a site, saved and compared.

    python -m tests.same_answers save before.json --content generated
    python -m tests.same_answers compare before.json after.json

The content, its dates and its revision are the same in every run. The tool runs on any state of the
code: it takes models from Django's registry and imports nothing of the site. To save the answers of
another checkout, copy this folder and run it there: `cd CHECKOUT`, then
`PYTHONPATH=.:FOLDER_OF_THE_COPY python -m same_answers save FILE`.
"""

import argparse
import json
import os
import sys
import tempfile

from .compare import compare


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    saving = commands.add_parser("save", help="ask for every public address and write the answers")
    saving.add_argument("file")
    saving.add_argument("--content", choices=["seed", "generated"], default="seed")
    comparing = commands.add_parser("compare", help="print what differs; 1 if anything does")
    comparing.add_argument("before")
    comparing.add_argument("after")
    comparing.add_argument(
        "--loose", action="store_true", help="white space beside any HTML tag does not count"
    )
    options = parser.parse_args()
    if options.command == "save":
        save(options.file, options.content)
    else:
        sys.exit(compare(options.before, options.after, options.loose))


def save(path: str, content: str) -> None:
    """Write the answers of a new site with this content to a JSON file."""
    from .answers import ask_everything
    from .content import add_content, fix_revision, start

    with tempfile.TemporaryDirectory() as folder:
        start(folder)
        if content == "generated":
            add_content()
        fix_revision()
        answers = ask_everything()
    with open(path, "w", encoding="utf-8") as file:
        json.dump(answers, file, ensure_ascii=False, indent=1, sort_keys=True)
    import leaderboard

    print(f"{len(answers)} answers of {os.path.dirname(leaderboard.__file__)} are in {path}")


if __name__ == "__main__":
    main()
