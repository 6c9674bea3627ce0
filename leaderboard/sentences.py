"""Sentences about wrong input that can be said in another language. Pure: no Django."""


class Sentence(ValueError):
    """What is wrong and what to do; what varies stands apart, so that pages can translate the rest.

    makemessages looks for the first argument of Sentence(…) and noop(…).
    """

    def __init__(self, template: str, **varying: object) -> None:
        super().__init__(template % varying)
        self.template = template
        self.varying = varying


def noop(template: str) -> str:
    """Marks a template for makemessages where it is not Sentence's own argument."""
    return template
