"""Sessions on a server, on a folder and on AWS, and the members that SDK code uses."""

import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from cardwright.client.own_client import NoSuchOperation
from cardwright.model_card import ModelCard, ModelPackage
from cardwright.session import Session, get_execution_role
from tests import servers
from tests.cli.commands import run
from tests.servers import Server
from tests.wire.calls import content, create, fresh, refused


@pytest.fixture(autouse=True)
def _without_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Removes the AWS and Cardwright configuration of the user who runs the tests."""
    for name in os.environ:
        if name.startswith(("AWS_", "CARDWRIGHT_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Session]:
    with Session(home=tmp_path / "home") as session:
        yield session


def test_without_a_server_a_session_is_on_the_folder_of_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARDWRIGHT_HOME", str(tmp_path / "here"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")  # the AWS configuration selects no other endpoint
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    with Session() as session:
        create(session.sagemaker_client, "kept")
        assert session.boto_region_name == "us-east-1"
    with Session(home=tmp_path / "here") as again:
        found = again.sagemaker_client.describe_model_card(ModelCardName="kept")
    assert found["CreatedBy"]["IamIdentity"]["PrincipalId"]
    assert (tmp_path / "here").stat().st_mode & 0o777 == 0o700


def test_without_anything_it_is_in_the_users_data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with Session() as session:
        create(session.sagemaker_client)
    assert (tmp_path / "cardwright" / "cardwright.db").is_file()


def test_the_variable_names_the_server(open_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDWRIGHT_ENDPOINT_URL", open_server.url)
    name = create(Session().sagemaker_client)
    for client in (Session(open_server.url).sagemaker_client, Session().boto_session.client("sagemaker")):
        assert client.describe_model_card(ModelCardName=name)["ModelCardName"] == name


def test_a_server_and_a_folder_at_once_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not both"):
        Session("http://127.0.0.1:1", home=tmp_path)


def test_a_server_session_leaves_s3_to_the_usual_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:7777")
    session = Session("http://127.0.0.1:8765")
    assert session.boto_session.client("s3").meta.endpoint_url == "http://127.0.0.1:7777"
    assert session.boto_session.client("sagemaker").meta.endpoint_url == "http://127.0.0.1:8765"
    assert session.sagemaker_client.meta.endpoint_url == "http://127.0.0.1:8765"


def test_a_session_on_aws_is_on_aws() -> None:
    session = Session.aws("eu-central-1")
    assert session.sagemaker_client.meta.endpoint_url == "https://api.sagemaker.eu-central-1.amazonaws.com"
    assert session.boto_region_name == "eu-central-1"
    given = boto3.Session(region_name="ap-south-1")
    assert Session.aws(boto_session=given).boto_session is given


def test_an_embedded_store_refuses_as_a_server_does(embedded: Session) -> None:
    client = embedded.sagemaker_client
    create(client, "once")
    with refused("ConflictException", "already exists"):
        create(client, "once")
    with pytest.raises(client.exceptions.ResourceNotFound):
        client.describe_model_card(ModelCardName="never")
    with refused("ValidationException", "The document is not valid"):
        create(client, document='{"other": 1}')


def test_an_export_is_done_when_its_request_is_answered(embedded: Session, tmp_path: Path) -> None:
    client = embedded.sagemaker_client
    card = create(client)
    output = {"S3OutputPath": "s3://exports/here"}
    job = client.create_model_card_export_job(ModelCardName=card, ModelCardExportJobName="one", OutputConfig=output)
    found = client.describe_model_card_export_job(ModelCardExportJobArn=job["ModelCardExportJobArn"])
    assert found["Status"] == "Completed", found
    document = embedded.boto_session.resource("s3").Object("exports", f"here/{card}/one.pdf").get()
    assert document["ContentType"] == "application/pdf"
    data = document["Body"].read()
    assert data.startswith(b"%PDF-1.7")
    assert data == (tmp_path / "home" / "objects" / "exports" / "here" / card / "one.pdf").read_bytes()


def test_s3_gives_what_was_put(embedded: Session) -> None:
    s3 = embedded.boto_session.client("s3")
    key = "reports/a b+c/é%2F.json"
    put = s3.put_object(Bucket="reports", Key=key, Body=b'{"a": 1}')
    got = s3.get_object(Bucket="reports", Key=key)
    assert (got["Body"].read(), got["ContentType"], got["ETag"]) == (b'{"a": 1}', "application/json", put["ETag"])
    head = s3.head_object(Bucket="reports", Key=key)
    assert (head["ContentLength"], head["ETag"], head["LastModified"]) == (8, put["ETag"], got["LastModified"])
    s3.upload_fileobj(io.BytesIO(b"0123456789" * 100), "reports", "numbers")
    assert s3.get_object(Bucket="reports", Key="numbers", Range="bytes=5-7")["Body"].read() == b"567"
    assert s3.get_object(Bucket="reports", Key="numbers", Range="bytes=-2")["Body"].read() == b"89"
    taken = io.BytesIO()
    s3.download_fileobj("reports", "numbers", taken)
    assert len(taken.getvalue()) == 1000
    with refused("InvalidRange"):
        s3.get_object(Bucket="reports", Key="numbers", Range="bytes=2000-")


def test_s3_lists_pages_and_folders(embedded: Session) -> None:
    s3 = embedded.boto_session.client("s3")
    keys = ["a/1", "a/2", "a/b/3", "c&d", "é", "top"]
    for key in keys:
        s3.put_object(Bucket="many", Key=key, Body=key.encode())
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket="many", PaginationConfig={"PageSize": 2})
    assert [[item["Key"] for item in page["Contents"]] for page in pages] == [
        ["a/1", "a/2"],
        ["a/b/3", "c&d"],
        ["top", "é"],
    ]
    found = s3.list_objects_v2(Bucket="many", Prefix="a/", Delimiter="/")
    assert [item["Key"] for item in found["Contents"]] == ["a/1", "a/2"]
    assert [item["Prefix"] for item in found["CommonPrefixes"]] == ["a/b/"]
    assert "Contents" not in s3.list_objects_v2(Bucket="many", Prefix="none")
    bucket = embedded.boto_session.resource("s3").Bucket("many")
    assert [item.key for item in bucket.objects.filter(Prefix="a").page_size(1)] == ["a/1", "a/2", "a/b/3"]


def test_s3_refuses_as_s3_does(embedded: Session) -> None:
    s3 = embedded.boto_session.client("s3")
    with pytest.raises(s3.exceptions.NoSuchBucket):
        s3.get_object(Bucket="nothing", Key="x")
    with pytest.raises(s3.exceptions.NoSuchBucket):
        s3.list_objects_v2(Bucket="nothing")
    s3.put_object(Bucket="something", Key="x", Body=b"")
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket="something", Key="y")
    for bucket in ("something", "nothing"):
        with refused("404"):
            s3.head_object(Bucket=bucket, Key="y")
    with refused("NotImplemented"):
        s3.create_multipart_upload(Bucket="something", Key="z")
    with refused("NotImplemented"):
        s3.put_object(Bucket="something", Key="x", Body=b"new", IfNoneMatch="*")
    assert s3.get_object(Bucket="something", Key="x")["Body"].read() == b""


@pytest.mark.parametrize("key", ["../out", "a/../../out", "..", "a//b", "a/./b", "x#1", "a\\..\\b"])
def test_no_object_key_escapes_the_folder(embedded: Session, tmp_path: Path, key: str) -> None:
    s3 = embedded.boto_session.client("s3")
    s3.put_object(Bucket="inside", Key="x", Body=b"")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ClientError):
        s3.put_object(Bucket="inside", Key=key, Body=b"escaped")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_server_and_sessions_work_on_one_folder_at_once(tmp_path: Path) -> None:
    with servers.running(tmp_path) as server, Session(home=tmp_path) as session:
        sessions = [Session(server.url), session, Session(home=tmp_path)]
        clients = [one.sagemaker_client for one in sessions]
        shared = create(clients[0])

        def write(client: Any) -> int:
            for number in range(20):
                create(client, fresh("both"))
                client.update_model_card(ModelCardName=shared, Content=content(model_id=str(number)))
            return len(client.list_model_cards()["ModelCardSummaries"])

        with ThreadPoolExecutor(3) as pool:
            assert max(pool.map(write, clients)) == 61
        for client in clients:
            found = client.get_paginator("list_model_card_versions").paginate(ModelCardName=shared)
            numbers = [item["ModelCardVersion"] for page in found for item in page["ModelCardVersionSummaryList"]]
            assert numbers == list(range(1, len(numbers) + 1))
    result = run("verify", "--home", str(tmp_path))
    assert result.returncode == 0, result.stdout


def test_threads_share_an_embedded_session(embedded: Session) -> None:
    client = embedded.sagemaker_client
    ready = threading.Barrier(8)

    def write(_: int) -> str:
        ready.wait()
        return create(client)

    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(write, range(8)))
    assert {item["ModelCardName"] for item in client.list_model_cards()["ModelCardSummaries"]} == names


def test_a_forked_process_can_use_the_session(tmp_path: Path) -> None:
    code = (
        "import os, sys; from cardwright.session import Session; session = Session(home=sys.argv[1])\n"
        "create = session.sagemaker_client.create_model_card\n"
        "make = lambda name: create(ModelCardName=name, Content='{}', ModelCardStatus='Draft')\n"
        "make('parent'); child = os.fork()\n"
        "make('child' if child == 0 else 'parent-again')\n"
        "if child: assert os.waitpid(child, 0)[1] == 0\n"
        "else: os._exit(0)\n"
        "print(len(session.sagemaker_client.list_model_cards()['ModelCardSummaries']))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, check=False, text=True)
    assert done.stdout == "3\n", done.stderr


def test_a_client_works_after_its_session_is_gone(tmp_path: Path) -> None:
    client = Session(home=tmp_path).sagemaker_client
    assert create(client) in str(client.list_model_cards())


def test_the_command_line_works_on_the_folder_without_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDWRIGHT_HOME", str(tmp_path / "home"))
    assert run("card", "create", "alone", "--content", "-", given=b"{}").stdout == b"alone: version 1, Draft\n"
    assert run("card", "show", "alone", "--content").stdout == b"{}"
    result = run("card", "show", "missing")
    assert (result.returncode, result.stderr) == (
        1,
        b"cardwright: Modelcard missing does not exist. (ResourceNotFound)\n",
    )
    monkeypatch.setenv("CARDWRIGHT_REGION", "eu-west-1")
    result = run("card", "list")
    assert (result.returncode, b"region us-east-1" in result.stderr, result.stderr.count(b"\n")) == (1, True, 1)


LAZY = [
    "boto3",
    "botocore",
    "sqlalchemy",
    "alembic",
    "obstore",
    "typst",
    "uvicorn",
    "prometheus_client",
    "jinja2",
]


def loaded_by(code: str, tmp_path: Path, blocked: tuple[str, ...] = ()) -> set[str]:
    """Return the heavy libraries that a piece of code imports, when some of them are not installed."""
    block = f"import sys; sys.modules.update(dict.fromkeys({blocked!r}))"
    script = f"{block}\n{code}\nprint(*(name for name in {LAZY} if sys.modules.get(name)))"
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, check=False, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_importing_a_session_imports_no_optional_library(tmp_path: Path) -> None:
    assert loaded_by("import cardwright.session; cardwright.client.session.Session(home='x')", tmp_path) == set()


def test_an_embedded_store_needs_no_extra(tmp_path: Path) -> None:
    use = "from cardwright.session import Session; Session(home=sys.argv[1]).sagemaker_client.list_model_cards()"
    assert loaded_by(use, tmp_path) & {"obstore", "typst", "uvicorn", "prometheus_client"} == set()
    export = (
        "from cardwright.session import Session; client = Session(home=sys.argv[1]).sagemaker_client\n"
        "client.create_model_card(ModelCardName='c', Content='{}', ModelCardStatus='Draft')\n"
        "job = client.create_model_card_export_job(ModelCardName='c', ModelCardExportJobName='j',"
        " OutputConfig={'S3OutputPath': 's3://exports'})['ModelCardExportJobArn']\n"
        "reason = client.describe_model_card_export_job(ModelCardExportJobArn=job)['FailureReason']\n"
        "assert \"pip install 'cardwright[pdf]'\" in reason, reason"
    )
    loaded_by(export, tmp_path, blocked=("obstore", "typst", "uvicorn", "prometheus_client", "psycopg"))


def test_a_closed_session_raises_a_clear_error(tmp_path: Path) -> None:
    session = Session(home=tmp_path)
    client = session.sagemaker_client
    create(client)
    session.close()
    for call in (client.list_model_cards, lambda: create(client)):
        with pytest.raises(ClientError, match="This store was closed: open it again"):
            call()


@pytest.fixture(params=["embedded", "server", "signed"])
def any_session(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Session, str]]:
    """A session on each target, and its account."""
    if request.param == "embedded":
        yield request.getfixturevalue("embedded"), "000000000000"
        return
    signed = request.param == "signed"
    with servers.running(tmp_path / "server", *(("--auth", "sigv4") if signed else ())) as server:
        account = "111122223333" if signed else "000000000000"
        if signed:
            identifier, secret = server.key(account, "ann@example.com", "author")
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", identifier)
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
        yield Session(server.url), account


def test_the_default_bucket_and_role_name_the_account(any_session: tuple[Session, str]) -> None:
    session, account = any_session
    assert session.account_id() == account
    for _ in range(2):  # a cell that runs twice
        assert session.default_bucket() == f"sagemaker-us-east-1-{account}"
    assert session.list_s3_files(session.default_bucket(), "") == []
    role = get_execution_role(session)
    assert role.startswith(f"arn:aws:iam::{account}:role/")
    session.sagemaker_client.create_model(ModelName=fresh("model"), ExecutionRoleArn=role, Containers=[{"Image": "i"}])
    assert session.get_caller_identity_arn() == role


def test_uploads_reads_and_lists_are_those_of_sdk_v2(any_session: tuple[Session, str], tmp_path: Path) -> None:
    session, _ = any_session
    bucket = session.default_bucket()
    folder = tmp_path / "folder"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.json").write_text("{}", "utf-8")
    (folder / "inner" / "ü b.txt").write_text("grün", "utf-8")
    large = tmp_path / "large.bin"
    large.write_bytes(os.urandom(9_000_000))  # above boto3's size limit for single requests
    sent: list[int] = []
    assert session.upload_data(str(folder), key_prefix="all") == f"s3://{bucket}/all"
    assert session.upload_data(str(folder / "a.json")) == f"s3://{bucket}/data/a.json"
    assert session.upload_data(str(large), "own-bucket", "x/y", callback=sent.append) == "s3://own-bucket/x/y/large.bin"
    assert sum(sent) == 9_000_000
    assert session.list_s3_files(bucket, "all") == ["all/a.json", "all/inner/ü b.txt"]
    assert session.read_s3_file(bucket, "all/inner/ü b.txt") == "grün"
    assert session.upload_string_as_file_body("text", bucket, "t.txt") == f"s3://{bucket}/t.txt"
    assert session.read_s3_file(bucket, "t.txt") == "text"
    with pytest.raises(ClientError, match="NoSuchKey"):
        session.read_s3_file(bucket, "nothing")
    taken = io.BytesIO()
    session.boto_session.client("s3").download_fileobj("own-bucket", "x/y/large.bin", taken)
    assert taken.getvalue() == large.read_bytes()


def test_a_given_default_bucket_is_used(tmp_path: Path) -> None:
    with Session(home=tmp_path / "home", default_bucket="chosen") as session:
        assert session.default_bucket() == "chosen"
        assert session.upload_string_as_file_body("x", None, "a") == "s3://chosen/a"


def test_all_reports_of_a_package_on_a_server_become_evaluations(any_session: tuple[Session, str]) -> None:
    session, _ = any_session
    data = Path(__file__).parent / "reports" / "data"
    source = {
        kind: {"ContentType": "application/json", "S3Uri": session.upload_data(str(data / file), key_prefix="reports")}
        for kind, file in {
            "bias": "clarify_bias.json",
            "shap": "clarify_explainability.json",
            "quality": "model_monitor_model_quality_regression.json",
        }.items()
    }
    client, group = session.sagemaker_client, fresh("group")
    client.create_model_package_group(ModelPackageGroupName=group)
    arn = client.create_model_package(
        ModelPackageGroupName=group,
        ModelMetrics={
            "Bias": {"Report": source["bias"]},
            "Explainability": {"Report": source["shap"]},
            "ModelQuality": {"Statistics": source["quality"]},
        },
    )["ModelPackageArn"]
    package = ModelPackage.from_model_package_arn(arn, session)
    card = ModelCard(fresh("card"), model_package_details=package, sagemaker_session=session)
    assert [job.name for job in card.evaluation_details] == [
        "Bias Report",
        "Explainability report",
        "Model quality report",
    ]
    assert all(job.metric_groups for job in card.evaluation_details)


def test_a_server_with_objects_elsewhere_leaves_s3_to_aws(tmp_path: Path) -> None:
    with servers.running(tmp_path, "--objects", "s3") as server:
        client = Session(server.url).boto_session.client("s3")
        assert client.meta.endpoint_url == "https://s3.amazonaws.com"


def test_on_aws_the_role_is_found_as_sdk_v2_finds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        session = Session.aws("eu-west-1")
        assert session.default_bucket() == f"sagemaker-eu-west-1-{session.account_id()}"
        assert session.default_bucket() in [b["Name"] for b in boto3.client("s3").list_buckets()["Buckets"]]
        assert session.upload_string_as_file_body("x", None, "a").endswith("/a")
        assert session.read_s3_file(session.default_bucket(), "a") == "x"
        with pytest.raises(ValueError, match="The current AWS identity is not a role"):
            get_execution_role(session)
        with pytest.raises(ValueError, match="The role AmazonSageMaker-DefaultRole does not exist"):
            get_execution_role(session, use_default=True)
        iam = boto3.client("iam")
        made = iam.create_role(RoleName="sage", Path="/service-role/", AssumeRolePolicyDocument="{}")["Role"]
        assumed = boto3.client("sts", region_name="eu-west-1").assume_role(
            RoleArn=made["Arn"], RoleSessionName="session"
        )
        keys = assumed["Credentials"]
        as_role = boto3.Session(
            keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name="eu-west-1"
        )
        assert get_execution_role(Session.aws(boto_session=as_role)) == made["Arn"]


def test_a_session_has_no_logs_of_jobs(any_session: tuple[Session, str]) -> None:
    logs = any_session[0].boto_session.client("logs", region_name="us-east-1")
    with refused("ResourceNotFoundException", "keeps no logs"):
        logs.describe_log_streams(logGroupName="/aws/sagemaker/TrainingJobs")


def test_a_missing_member_of_a_session_is_an_attribute_error(tmp_path: Path) -> None:
    session: Any = Session(home=tmp_path)
    with pytest.raises(AttributeError, match="need the package sagemaker, version 2"):
        session.create_endpoint()
    assert not hasattr(session, "_ipython_display_")


def test_a_session_on_a_url_with_a_path_names_the_mistake(open_server: Server) -> None:
    with pytest.raises(NoSuchOperation, match=f"Set the endpoint URL without a path, as in {open_server.url}"):
        Session(f"{open_server.url}/cards").account_id()
