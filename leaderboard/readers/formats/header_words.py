"""The words that headers of tables have, in the languages of those who make them."""

from leaderboard.readers.layouts import HALF_WIDTH, LOWER, STANDARD_ERROR, UPPER

# Headers as header_key folds them. Columns of the export beside facts and scores:
COMPUTED = {"rank", "rankbest", "rankworst", "ranklevel", "coverage", "slug"}
# after the header of a metric in the same table; a score keeps the note that it has:
COMPUTED_ENDS = ("_low", "_high", "_n", "_partial", "_note")
# Numbers of the rows, and places that the site computes itself.
COUNTING = {
    "", "no", "nr", "num", "number", "index", "idx", "id", "row", "ranking", "position", "pos",
    "place", "rang", "platz", "排名", "名次", "序号", "unnamed0", "column",
    "finalranking", "overallrank", "rankoverall",
}  # fmt: skip
# Columns of texts that are likely a fact, and numbers that are.
LIKELY_FACTS = {
    **dict.fromkeys(
        (
            "creator", "developer", "developedby", "vendor", "provider", "company", "lab",
            "publisher",
            "org", "organizations", "owner", "maker", "team", "institution", "hersteller",
            "anbieter",
            "fournisseur", "éditeur", "机构", "开发者", "厂商", "公司",
        ),
        "organization",
    ),
    **dict.fromkeys(
        (
            "releasedate", "release", "releasedon", "dateofrelease", "launchdate", "published",
            "erschienen", "veröffentlicht", "发布日期", "发布时间",
        ),
        "released",
    ),
    **dict.fromkeys(("licensetype", "lizenz", "licenceouverte", "许可证"), "license"),
}  # fmt: skip
LIKELY_SIZES = {
    "params", "paramsb", "paramsinb", "paramsbillion", "paramsbillions", "nparams", "numparams",
    "parametersb", "parametercount", "numparameters", "modelsize", "modelsizeb", "sizeb",
    "parameter", "parameterb", "paramètres", "参数量", "参数",
}  # fmt: skip
ERROR_ENDS = {
    STANDARD_ERROR: {
        "standarderror", "stderr", "stderror", "se", "sem", "standardfehler", "erreurtype",
        "errorestándar", "标准误", "标准误差",
    },
    HALF_WIDTH: {
        "ci", "ci95", "95ci", "95pctci", "cihalfwidth", "halfwidth", "moe", "marginoferror",
        "errorbar", "plusminus", "pm", "confidenceinterval", "95confidenceinterval", "置信区间",
        "95置信区间", "konfidenzintervall", "95konfidenzintervall", "intervalledeconfiance",
    },
    LOWER: {
        "lower", "lowerbound", "lb", "cilower", "lowerci", "cilow", "q025", "lower95", "ci95lower",
        "95lower", "lowerci95", "95cilower", "下限", "下界",
    },
    UPPER: {
        "upper", "upperbound", "ub", "ciupper", "upperci", "cihigh", "q975", "upper95", "ci95upper",
        "95upper", "upperci95", "95ciupper", "上限", "上界",
    },
}  # fmt: skip
# What is beside a value and is no error of it.
SPREADS = {"std", "stdev", "stddev", "sd", "standarddeviation", "variance", "var"}
