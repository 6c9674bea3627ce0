"""What maintainers edit, one file per subject as in `models/`.

May import: every room but views, exports and pages.
Begin reading with llms.py.
"""

from . import (  # noqa: F401
    accounts,
    aliases,
    api_tokens,
    appearance,
    benchmarks,
    content,
    drafts,
    facts,
    home,
    imports,
    leaderboards,
    llms,
    releases,
    scores,
    site_pages,
)
