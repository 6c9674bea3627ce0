"""The key that signs sessions and links: given, or made once beside the data."""

import os
import re
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

# Words from documentation and examples, and repeated or consecutive characters, in place of a key.
# In 50 random letters and digits none of these turns up by chance.
KNOWN_KEY = re.compile(
    r"django-insecure|change.?me|secret|password|example|insecure|random.?char|replace.?(?:me|this)"
    r"|your.?key|^<.*>$|abcdefghijklmnopqrstuvwxyz.?0123456789|qwertyuiop|^(.{1,25})\1+.{0,25}$",
    re.IGNORECASE,
)


def secret_key(data_dir: Path, explicit: str, required_by: str) -> str:
    """Returns the given key; else one made once in DATA_DIR, which only the owner can read.

    Raises ImproperlyConfigured for a weak key, and without a key where processes must share one.
    """
    if explicit:
        if is_weak(explicit):
            raise ImproperlyConfigured(
                "SECRET_KEY is too easy to guess. Use at least 50 random characters, "
                'for example from: python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
            )
        return explicit
    if required_by:
        raise ImproperlyConfigured(
            f"{required_by} is set, so several processes may share this site: set SECRET_KEY too, "
            'the same for all. One comes from: python3 -c "import secrets; '
            'print(secrets.token_urlsafe(50))"'
        )
    path = data_dir / "secret_key"
    key = generated_key(path)
    if is_weak(key):
        raise ImproperlyConfigured(
            f"{path} is too easy to guess: it was written by hand, or is damaged. Delete it, and "
            "the next start makes another. All log in anew then, and links to drafts end."
        )
    return key


def is_weak(key: str) -> bool:
    """Whether a key is too short, has too few different characters, or can be guessed."""
    return len(key) < 50 or len(set(key)) < 10 or bool(KNOWN_KEY.search(key))


def generated_key(path: Path) -> str:
    """Returns the key in this file, made at the first start.

    It is written to a draft that is then linked, so that two starts at once agree on one key.
    """
    try:
        if not path.exists():
            # This folder also holds the database, with sessions and password hashes.
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = path.with_name(f"secret_key.{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(50))
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text(errors="replace").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {path.parent} cannot be used ({error.strerror}). "
            "Make it writable, or set DATA_DIR to a folder that is."
        ) from error
