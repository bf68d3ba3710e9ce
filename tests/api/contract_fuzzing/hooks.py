"""Hooks of schemathesis."""

from typing import Any

import schemathesis
from schemathesis import Case, HookContext


@schemathesis.hook
def map_case(context: HookContext, case: Case[Any]) -> Case[Any]:
    """Send whole numbers without a decimal point. JSON Schema calls 80.0 an integer, and the service refuses it: in a
    program, an amount with a decimal point is dollars.
    """
    del context
    case.body = _whole_numbers(case.body)
    return case


def _whole_numbers(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {name: _whole_numbers(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
