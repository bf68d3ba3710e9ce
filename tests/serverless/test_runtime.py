"""The function as AWS runs it: its runtime, a process of its own, and the desktop add-in's client from end to end."""

from hashlib import sha256

import pytest

from addin.desktop.service import Refused, Service
from tests.ribbon.clicks import a_click, visits
from tests.serverless.conftest import Office
from tests.serverless.runtime_api import running_function, running_gateway


def test_clicks_of_the_desktop_addin_go_through_the_runtime_and_come_back(office: Office) -> None:
    with (
        running_function() as function,
        running_gateway(function.invoke) as url,
        Service(url, program_token=office.token) as service,
    ):
        assert service.is_running()
        assert service.session()["name"] == "Mia Manager"
        click = a_click(visits(5, 6))
        reply = service.press("payroll.generate", click)
        assert sha256(service.fetch_output(reply["output"]["url"])).hexdigest() == reply["output"]["sha256"]
        assert service.press("payroll.generate", click) == reply
        assert len(service.keep_document("lakeside", b"%PDF-1.7 \xff an invented cheque", "cheque.pdf")) == 64
        assert function.invoke({"task": "tidy"}) == {"done": "tidy"}
        with pytest.raises(RuntimeError, match="none of a gateway"):
            function.invoke({"task": "nothing like it"})
        with pytest.raises(Refused):
            service.press("payroll.approve", a_click(clinic="nowhere"))
    assert not office.folder.exists()
