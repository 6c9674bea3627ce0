"""The address at which a reader reports a number, with the words that say which. Pure."""

from urllib.parse import parse_qsl, quote, urlencode, urlsplit


def report_address(contact: str, subject: str, text: str) -> str:
    """A message to an e-mail address, else the web address of a form with the subject and the text
    as the parameters “title” and “body”, under which issue trackers take them."""
    if not contact.startswith(("http://", "https://")):
        query = urlencode({"subject": subject, "body": text}, quote_via=quote)
        return f"mailto:{quote(contact, safe='@+')}?{query}"
    parts = urlsplit(contact)
    own = parse_qsl(parts.query, keep_blank_values=True)
    filled = urlencode([*own, ("title", subject), ("body", text)], quote_via=quote)
    return parts._replace(query=filled).geturl()
