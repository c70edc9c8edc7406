"""The buckets of other accounts, in the console of a signed-in user: neither read, nor written, nor fetched from."""

import re
from collections.abc import Iterator

import pytest

from cardwright.actions.buckets import give_bucket
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.server.stores import open_existing_store
from tests import servers
from tests.console.conftest import REPORTS
from tests.console.team import ACCOUNT, add_users, settings_of, sign_in
from tests.console.visits import Visitor
from tests.jobs.calls import export, wait
from tests.printing import PROGRAM
from tests.servers import Server

OTHER = "222222222222"
HELD = f"Account {OTHER} has no access to the bucket theirs, which belongs to another account of this server"


def give(server: Server, bucket: str, account: str) -> None:
    store = open_existing_store(settings_of(server))
    with store.open_unit(Actor(Scope(store.region, account), "tests", Role.ADMIN)) as unit:
        give_bucket(unit, bucket)
    store.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Two accounts, each with a card `card`: oda's is the other one. The bucket `theirs` is not hers."""
    home = tmp_path_factory.mktemp("accounts")
    with servers.running(home, "--auth", "sigv4", program=PROGRAM) as server:
        add_users(server, ana="author")
        add_users(server, OTHER, oda="author")
        for account in (ACCOUNT, OTHER):
            client = server.client(*server.key(account, "loader", "author"))
            client.create_model_card(ModelCardName="card", Content="{}", ModelCardStatus="Draft")
        give(server, "theirs", ACCOUNT)
        for bucket in ("theirs", "nobodys"):
            (home / "objects" / bucket).mkdir(parents=True)
            (home / "objects" / bucket / "report.json").write_bytes(a_report())
        yield server


def a_report() -> bytes:
    return (REPORTS / "model_monitor_model_quality_binary_classification.json").read_bytes()


@pytest.fixture
def oda(server: Server) -> Visitor:
    visitor, answer = sign_in(server, "oda", account=OTHER)
    assert answer.status == 200, answer.text[:2000]
    return visitor


def test_a_report_is_read_from_a_bucket_of_nobodys_and_not_from_another_accounts(oda: Visitor) -> None:
    draft = oda.begin("her-draft")
    oda.save(draft, "evaluation", [], "add:evaluation_details")
    for uri in ("s3://theirs/report.json", "s3://THEIRS/none.json"):
        refused = oda.save(draft, "evaluation", [("uri-0", uri)], "stay")
        assert refused.status == 422
        assert HELD.replace("theirs", uri.split("/")[2]) in refused.text
        assert ACCOUNT not in refused.text
    assert "cw-file" not in oda.get(f"{draft}/evaluation").text.replace("cw-file-pick", "")
    read = oda.save(draft, "evaluation", [("uri-0", "s3://nobodys/report.json")], "stay")
    assert (read.status, "Binary" in read.text) == (200, True)


def test_a_packages_reports_in_another_accounts_bucket_are_left_out_with_the_reason(
    server: Server, oda: Visitor
) -> None:
    client = server.client(*server.key(OTHER, "loader", "author"))
    client.create_model_package_group(ModelPackageGroupName="group")
    client.create_model_package(
        ModelPackageGroupName="group",
        InferenceSpecification={"Containers": [{"Image": "image", "ModelDataUrl": "s3://models/m.tar.gz"}]},
        ModelMetrics={
            "ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": "s3://theirs/report.json"}},
            "Bias": {"Report": {"ContentType": "application/json", "S3Uri": "s3://nobodys/report.json"}},
        },
    )
    oda.get("/new")
    begun = oda.post("/new/from", [("pick", "package:group/1")])
    assert HELD in begun.text, begun.text[:3000]
    assert ACCOUNT not in begun.text


def test_an_export_to_another_accounts_bucket_is_refused_with_a_suggestion(server: Server, oda: Visitor) -> None:
    give(server, "model-card-exports", ACCOUNT)
    form = oda.get("/cards/card/exports/new")
    assert f'value="s3://model-card-exports-{OTHER}"' in form.text
    fields = [("version", "1"), ("path", "s3://theirs/x"), ("job", "job")]
    answer = oda.post("/cards/card/exports/new", fields)
    assert answer.status == 422
    assert re.search(f'id="path-e">.*{HELD}', answer.text)
    assert "No exports yet" in oda.get("/cards/card/exports").text


def test_a_file_in_a_bucket_that_became_another_accounts_is_not_fetched(server: Server, oda: Visitor) -> None:
    client = server.client(*server.key(OTHER, "loader", "author"))
    client.create_model_card(ModelCardName="moving", Content="{}", ModelCardStatus="Draft")
    assert wait(client, export(client, "moving", "moved", "s3://moving"))["Status"] == "Completed"
    assert oda.get("/cards/moving/exports/moved/file").text.startswith("%PDF- moving 1")
    give(server, "moving", ACCOUNT)
    answer = oda.get("/cards/moving/exports/moved/file")
    assert answer.status == 403
    assert HELD.replace("theirs", "moving") in answer.text
    assert "s3://moving" not in oda.get("/cards/moving/exports/new").text
    for page in ("/cards/moving/exports", "/cards/moving"):
        text = oda.get(page).text
        assert ("The bucket belongs to another account now" in text, "moved/file" in text) == (True, False), page
    give(server, "moving", OTHER)
    assert "moved/file" in oda.get("/cards/moving/exports").text
