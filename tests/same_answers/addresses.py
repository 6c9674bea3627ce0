"""Every public address of a site, wrong, renamed and hidden ones too."""

from itertools import product

from .content import model

PAGES = ("", "compare/", "charts/", "embed/", "releases/", "diff/")  # of a leaderboard
LANGUAGES = ("", "/zh-hans")
ENDINGS = ("csv", "json", "jsonl", "md", "tex", "bib")
SORTS = ("llm", "organization", "parameters", "released", "license", "domain", "coverage", "rank")
FEW_VIEWS = (
    "",
    "?page=2",
    "?sort=llm",
    "?q=qwen",
    "?intervals=all",
    "?ranges=all",
    "?weights=open&page=2",
)
VIEWS = (
    *FEW_VIEWS,
    *("?page=3", "?page=999", "?page=x", "?intervals=off", "?utm_source=x&q=", "?sort=nothing"),
    *("?q=%3Cb%3E%26", "?q=nothing+like+it", "?q=" + "x" * 300, "?domain=medical&domain=general"),
    *("?organization=openai&organization=unknown", "?weights=closed&weights=unknown"),
    *("?reasoning=yes", "?reasoning=no&q=model&sort=-llm", "?min_size=7&max_size=70"),
    *("?min_size=7&size=unknown", "?max_size=0.5", "?min_size=NaN&size=unknown"),
    *("?columns=average", "?columns=average,amcqa-overall&sort=-amcqa-overall&page=2"),
    *("?columns=latency,f1&intervals=all&q=e", "?columns=nothing"),
)
WRONG = (
    *("/nothing/", "/llms/", "/llms/nothing/", "/llms/nothing.yaml", "/llms/nothing/badge.svg"),
    *("/leaderboard/nothing/", "/leaderboard/nothing.csv", "/leaderboard/anesbench.xlsx"),
    *("/leaderboard/nothing/compare/", "/leaderboard/anesbench", "/benchmarks/nothing/"),
    *("/sources/99999/", "/admin/", "/admin/preview/llm/1/", "/?" + "&".join(["a=1"] * 1_500)),
)
SINGLE = ("/changes/feed/", "/sitemap.xml", "/robots.txt", "/healthz", "/readyz")


def slugs(name: str) -> list[str]:
    return list(model(name).objects.published().order_by("pk").values_list("slug", flat=True))


def main_addresses() -> list[str]:
    boards = [f"/leaderboard/{slug}/{page}" for slug in slugs("Leaderboard") for page in PAGES]
    paths = ["/", "/leaderboard/", *boards, "/ranks/", "/changes/", "/changes/?page=2", "/api/"]
    return [language + path for language in LANGUAGES for path in paths]


def other_addresses() -> list[str]:
    llms = slugs("LLM")
    paths = [f"/llms/{slug}/" for slug in llms]
    paths += [f"/benchmarks/{slug}/" for slug in slugs("Benchmark")]
    paths += [f"/organizations/{slug}/" for slug in slugs("Organization")]
    paths += [f"/sources/{each.pk}/" for each in model("Source").objects.order_by("pk")]
    paths += [f"/changes/?page={page}" for page in (3, "x")] + [f"/{view}" for view in FEW_VIEWS]
    exports = []
    for slug in slugs("Leaderboard"):
        paths += views_of_leaderboard(slug, llms)
        files = (f"/leaderboard/{slug}.{ending}" for ending in ENDINGS)
        exports += [address + view for address, view in product(files, VIEWS)]
    paths += [*WRONG, *drafts(), *renamed()]
    files = [f"/llms/{slug}{ending}" for slug in llms for ending in (".yaml", "/badge.svg")]
    files += [f"/llms/{llms[0]}/badge.svg?leaderboard={slug}" for slug in ("anesbench", "second")]
    return [*SINGLE, *(start + path for start in LANGUAGES for path in paths), *exports, *files]


def views_of_leaderboard(slug: str, llms: list[str]) -> list[str]:
    page = f"/leaderboard/{slug}/"
    columns = model("Column").objects.filter(leaderboard__slug=slug).order_by("position")
    keys = (*SORTS, *columns.values_list("metric__key", flat=True))
    sorts = [f"?sort={sign}{key}" for sign in ("", "-") for key in keys]
    few = [f"{page}{kind}{view}" for kind in ("charts/", "embed/") for view in FEW_VIEWS]
    # One, two, six, one too many, an unknown one, one twice.
    choices = [llms[:count] for count in (1, 2, 6, 8)]
    choices += [[*llms[:2], "nothing"], [*llms[1:3], llms[1]]]
    asked = ["&".join(f"llm={each}" for each in chosen) for chosen in choices]
    return [page + view for view in (*VIEWS, *sorts)] + few + [f"{page}compare/?{q}" for q in asked]


def drafts() -> list[str]:
    """What visitors must not see."""
    llms = model("LLM").objects.filter(is_published=False).values_list("slug", flat=True)
    boards = model("Leaderboard").objects.filter(is_published=False).values_list("slug", flat=True)
    return [f"/llms/{slug}/" for slug in llms] + [f"/leaderboard/{slug}/" for slug in boards]


def renamed() -> list[str]:
    """Everything at addresses that nothing has now, though something had."""
    found = []
    for name, addresses in (
        ("LLM", ("/llms/{}/", "/llms/{}.yaml", "/llms/{}/badge.svg?leaderboard=anesbench")),
        ("Benchmark", ("/benchmarks/{}/",)),
        ("Organization", ("/organizations/{}/",)),
        ("Leaderboard", ("/leaderboard/{}/?sort=llm", "/leaderboard/{}.csv?q=a")),
        ("Leaderboard", tuple(f"/leaderboard/{{}}/{page}" for page in PAGES)),
    ):
        past = set(model(name).history.values_list("slug", flat=True)) - set(slugs(name))
        found += [address.format(slug) for slug in sorted(past) for address in addresses]
    return found
