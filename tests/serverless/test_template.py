"""The template and the image of the function name what the program has."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from server import serverless
from server.ledger.objects.object_places import OUTPUTS, REQUESTS
from server.settings import Settings
from tests.cli.programs import ROOT
from tests.serverless.conftest import Office
from tests.serverless.gateways import Invoke

FOLDER = Path(ROOT, "deploy", "serverless")
TEMPLATE: dict[str, Any] = yaml.safe_load((FOLDER / "template.yaml").read_text())
RESOURCES = TEMPLATE["Resources"]
SERVICE = RESOURCES["Service"]["Properties"]
VARIABLES: dict[str, Any] = SERVICE["Environment"]["Variables"]
GUIDE = Path(ROOT, "docs", "serverless.md").read_text()


def test_every_variable_is_a_setting_and_nothing_that_a_function_needs_is_missing() -> None:
    names = {name.removeprefix("CLINIC_LEDGER_").lower() for name in VARIABLES}
    assert names <= Settings.model_fields.keys()
    assert names >= {"database", "objects", "names", "time_zone"}
    assert not {"database_owner", "identity_provider"} & names


def test_every_variable_that_the_guide_names_is_a_setting() -> None:
    named = {name.lower() for name in re.findall(r"CLINIC_LEDGER_([A-Z_]+)", GUIDE)}
    assert named <= Settings.model_fields.keys()


def test_every_reference_leads_to_a_parameter_or_a_resource() -> None:
    known = TEMPLATE["Parameters"].keys() | RESOURCES.keys()
    text = json.dumps(TEMPLATE)
    named = set(re.findall(r'"Ref": "(\w+)"', text)) | set(re.findall(r"\$\{(\w+)[.}]", text))
    assert named <= known
    assert TEMPLATE["Parameters"].keys() <= named


def test_the_bucket_stays_private_encrypted_and_when_the_stack_goes() -> None:
    bucket = RESOURCES["Papers"]
    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"
    assert all(bucket["Properties"]["PublicAccessBlockConfiguration"].values())
    assert RESOURCES["Api"]["Properties"]["StageName"] == "$default"


def test_bodies_of_requests_are_removed_also_if_the_schedule_does_not_run() -> None:
    (prefix,) = re.findall(r"s3://\$\{Papers\}/(\w+)", json.dumps(VARIABLES))
    rules = {
        rule["Prefix"]: rule for rule in RESOURCES["Papers"]["Properties"]["LifecycleConfiguration"]["Rules"]
    }
    rule = rules[f"{prefix}/{REQUESTS}/"]
    assert rule["ExpirationInDays"] == rule["NoncurrentVersionExpiration"]["NoncurrentDays"] == 1
    assert "ExpirationInDays" not in rules[f"{prefix}/{OUTPUTS}/"]


def test_the_bucket_admits_the_page_of_the_addin_as_the_guide_says() -> None:
    (rule,) = RESOURCES["Papers"]["Properties"]["CorsConfiguration"]["CorsRules"]
    (written,) = json.loads(GUIDE.partition("```json\n")[2].partition("```")[0])
    assert rule["AllowedMethods"] == written["AllowedMethods"]
    assert rule["MaxAge"] == written["MaxAgeSeconds"]
    assert rule["AllowedOrigins"] == [{"Fn::Sub": "https://${ServiceName}"}]
    assert not written["AllowedHeaders"]
    assert "AllowedHeaders" not in rule


def test_the_schedule_sends_a_task_that_the_function_knows(office: Office, function: Invoke) -> None:
    sent = json.loads(SERVICE["Events"]["Tidying"]["Properties"]["Input"])
    assert function(sent) == {"done": sent[serverless.TASK]}
    assert not office.folder.exists()


def test_the_image_runs_the_handler_with_everything_that_it_needs() -> None:
    image = (FOLDER / "Dockerfile").read_text()
    (command,) = re.findall(r'CMD \["(.*)"\]', image)
    module, _, name = command.rpartition(".")
    assert (module, hasattr(serverless, name)) == (serverless.__name__, True)
    assert {"lambda", "postgresql", "s3"} == set(re.findall(r"--extra (\w+)", image))
