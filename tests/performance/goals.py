"""What a figure is held to, said beside it."""


def at_most(goal: float, value: float) -> str:
    return f"(goal: at most {goal:g}; {'met' if value <= goal else 'missed'})"


def at_least(goal: float, value: float) -> str:
    return f"(goal: at least {goal:g}; {'met' if value >= goal else 'missed'})"
