"""Units as people write them, and which of them are one. Pure: no Django, no database."""

# Words for a percent sign behind a number.
PERCENT_WORDS = {"percent", "pct", "prozent", "pourcent", "procent"}

# Spellings of one unit, in lower case. A sign that several currencies share, like ¥, is in the line
# of each: it is the same as each, and these are not the same.
SAME_UNITS = (
    {"s", "sec", "secs", "second", "seconds", "sek", "sekunden", "秒", "초", "сек", "с"},
    {"ms", "msec", "millisecond", "milliseconds", "毫秒", "ミリ秒", "мс"},
    {"min", "mins", "minute", "minutes", "minuten", "分钟", "分", "мин"},
    {"h", "hr", "hrs", "hour", "hours", "小时", "ч"},
    {"tok/s", "tokens/s", "t/s", "tps", "token/s"},
    {"$", "us$", "usd"},
    {"$", "ca$", "c$", "cad"},
    {"$", "a$", "au$", "aud"},
    {"$", "hk$", "hkd"},
    {"$", "nt$", "twd"},
    {"$", "s$", "sgd"},
    {"$", "mx$", "mxn"},
    {"r$", "brl"},
    {"€", "eur", "euro"},
    {"£", "gbp"},
    {"¥", "cny", "rmb", "元", "人民币", "cn¥"},
    {"¥", "jpy", "円", "日元", "jp¥"},
    {"₹", "inr", "rs"},
    {"₩", "krw", "원"},
    {"₽", "rub", "руб"},
    {"₺", "try", "tl"},
    {"₫", "vnd"},
    {"฿", "thb"},
    {"zł", "pln"},
    {"kr", "sek", "nok", "dkk"},
    {"chf", "fr", "sfr"},
)
# Further units that a header may have in brackets.
OTHER_UNITS = {
    "%", "‰", "tokens", "mb", "gb", "gib", "kwh", "wh", "w", "j", "flops", "gflops", "tflops",
    "qps", "rps", "fps", "elo",
}  # fmt: skip
# Short words in brackets that are hardly a unit there: “Score (s)” is one of seconds, “(c)” is not.
NOT_IN_HEADERS = {"с", "ч", "分", "fr", "rs", "tl", "try"}
HEADER_UNITS = set[str]().union(OTHER_UNITS, *SAME_UNITS) - NOT_IN_HEADERS


def is_same_unit(first: str, second: str) -> bool:
    """Whether two units are one: “sec” and “s”, “USD” and “$”; not “CNY” and “JPY”."""
    pair = {first.casefold().rstrip("."), second.casefold().rstrip(".")}
    return len(pair) == 1 or any(pair <= each for each in SAME_UNITS)
