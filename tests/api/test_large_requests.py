"""A service that no gateway limits takes requests as they are, and says nothing of another way."""

import httpx

from tests.api.wire import problem


def test_it_says_of_no_largest_body_and_has_no_place_for_one(idle: httpx.Client) -> None:
    announced = idle.post("/request-bodies", json={"size": 5, "sha256": "0" * 64})
    assert (announced.status_code, problem(announced)["code"]) == (404, "unknown-address")
    for path in ("/health", "/clinics", "/office/taskpane.html"):
        answer = idle.get(path)
        assert "x-largest-body" not in answer.headers
    assert "connect-src 'self';" in answer.headers["content-security-policy"]


def test_it_does_not_look_at_a_reference(idle: httpx.Client) -> None:
    reference = {"x-body-reference": f"{'0' * 32}.5.{'0' * 64}", "content-type": "application/json"}
    answer = idle.post("/ribbon/payroll.generate", headers=reference)
    assert (answer.status_code, problem(answer)["code"]) == (400, "bad-request")
