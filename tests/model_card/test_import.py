"""Importing the SDK is cheap: light in a training container."""

import json
import subprocess
import sys

HEAVY = ("boto3", "botocore", "sqlalchemy", "alembic", "granian", "click", "rich", "jsonschema_rs", "sklearn", "numpy")
CODE = """
import json, sys, time
started = time.process_time()
from cardwright.model_card import ModelCard, ModelOverview
from cardwright import Session
took = time.process_time() - started
card = ModelCard("light", model_overview=ModelOverview(model_name="light"))
card.to_json()
print(json.dumps({"loaded": sorted(sys.modules), "seconds": took}))
"""


def report() -> dict[str, object]:
    ran = subprocess.run([sys.executable, "-c", CODE], check=True, capture_output=True)
    found: dict[str, object] = json.loads(ran.stdout)
    return found


def test_no_boto3_and_no_server_library_until_a_session_is_used() -> None:
    loaded = report()["loaded"]
    assert isinstance(loaded, list)
    assert not [name for name in HEAVY if name in loaded]
    rooms = ("cardwright.app", "cardwright.aws.endpoint", "cardwright.actions", "cardwright.storage")
    assert not [name for name in loaded if name.startswith(rooms)]


def test_the_import_takes_under_150_ms_of_processor_time() -> None:
    assert min(float(str(report()["seconds"])) for _ in range(3)) < 0.15
