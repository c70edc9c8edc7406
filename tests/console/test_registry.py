"""The registry in the console: cards that begin with what is registered, and the pages that show it."""

import json
import re
import urllib.parse
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cardwright.model_card import ModelCard, ModelPackage
from cardwright.session import Session
from tests.console.conftest import REPORTS
from tests.console.test_journeys import described, tab_to
from tests.console.visits import Visitor
from tests.servers import Server

BIAS = REPORTS / "clarify_bias.json"
QUALITY = REPORTS / "model_monitor_model_quality_binary_classification.json"
ARN = "arn:aws:sagemaker:us-east-1:000000000000"
SCRIPT = "<script>window.broken=1</script>\"'><img src=x onerror=window.broken=2>{{7*7}}"
JOURNEY_CLICKS = 12


@pytest.fixture
def visitor(console: Server) -> Visitor:
    return Visitor(console.url)


def register_model(server: Server, name: str, artifact: str = "s3://models/m.tar.gz", **members: Any) -> None:
    container = {"Image": "registry/serve:1", "ModelDataUrl": artifact}
    server.client().create_model(ModelName=name, PrimaryContainer=container, **members)


def register_version(server: Server, group: str, artifact: str = "s3://models/p.tar.gz", **members: Any) -> int:
    client = server.client()
    if not client.list_model_package_groups(NameContains=group)["ModelPackageGroupSummaryList"]:
        client.create_model_package_group(ModelPackageGroupName=group)
    specification = {"Containers": [{"Image": "registry/serve:1", "ModelDataUrl": artifact}]}
    arn = client.create_model_package(ModelPackageGroupName=group, InferenceSpecification=specification, **members)
    return int(arn["ModelPackageArn"].rpartition("/")[2])


def record_run(server: Server, name: str, artifact: str) -> None:
    Session(endpoint_url=server.url).record_training_job(
        TrainingJobName=name,
        ModelArtifacts={"S3ModelArtifacts": artifact},
        TrainingImage="registry/train:1",
        FinalMetricDataList=[{"MetricName": "validation:auc", "Value": 0.87}],
        HyperParameters={"eta": "0.05"},
        Datasets=[{"S3Uri": "s3://data/train"}],
    )


def record_check(server: Server, name: str, text: str, uri: str = "s3://bucket/key") -> None:
    """A processing job that has a text in every member that takes one."""
    server.client().create_processing_job(
        ProcessingJobName=name,
        AppSpecification={"ImageUri": "image", "ContainerEntrypoint": [text], "ContainerArguments": [text, "--fast"]},
        ProcessingInputs=[{"InputName": text, "S3Input": {"S3Uri": uri, "S3DataType": "S3Prefix", "LocalPath": text}}],
        ProcessingOutputConfig={
            "Outputs": [
                {"OutputName": text, "S3Output": {"S3Uri": uri, "LocalPath": text, "S3UploadMode": "EndOfJob"}},
                {"OutputName": "features", "AppManaged": True, "FeatureStoreOutput": {"FeatureGroupName": "payments"}},
            ]
        },
        ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}},
        Environment={"NOTE": text},
        RoleArn="arn:aws:iam::000000000000:role/evaluate",
    )


def store_report(server: Server, key: str, data: bytes) -> str:
    path = server.home / "objects" / "reports" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return f"s3://reports/{key}"


def choose(page: Page, search: str, option: str) -> None:
    """Search for a model or a job and press what was found, with scripts or without."""
    page.wait_for_load_state()  # a script marks the page while it loads
    page.locator("#find").fill(search)
    button = page.get_by_role("button", name=re.compile(f"^{re.escape(option)}"))
    if page.locator("html.cw-js").count() == 0:
        page.get_by_role("button", name="Search").click()
    button.click()


def create_for_registered(page: Page, name: str) -> int:
    """The judged journey; gives how many clicks it took."""
    clicks = 0

    def click(button: str, exact: bool = False) -> None:
        nonlocal clicks
        clicks += 1
        page.get_by_role("button", name=button, exact=exact).click()

    page.goto("/cards")
    page.get_by_role("link", name="Create card").click()
    choose(page, name, name)
    clicks += 2
    expect(page.get_by_label("Card name")).to_have_value(name)
    expect(page.get_by_label("Model name")).to_have_value(name)
    expect(page.get_by_label("Model ID")).to_have_value(f"{ARN}:model/{name}")
    expect(page.get_by_label("Artifact 1")).to_have_value("s3://models/m.tar.gz")
    expect(page.get_by_label("Container 1")).to_have_value("registry/serve:1")
    page.get_by_label("Model description").fill("Ranks loans.")
    click("Save and go to training")
    click("Save and go to evaluation")
    click("Add an evaluation job")
    page.get_by_label("Report file for job 1").set_input_files([str(BIAS), str(QUALITY)])
    clicks += 1
    if page.locator("html.cw-js").count() == 0:
        click("Read the report")
    expect(page.get_by_text("read as Clarify Bias")).to_be_visible()
    expect(page.get_by_text("read as Model Monitor Model Quality Binary Classification")).to_be_visible()
    click("Save and go to ethics")
    click("Save and go to review")
    click("Save card")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return clicks


@pytest.mark.parametrize("scripts", ["scripts", "plain"])
def test_a_card_for_a_registered_model_with_two_reports_takes_few_clicks(
    scripts: str, request: pytest.FixtureRequest, console: Server
) -> None:
    page: Page = request.getfixturevalue("page" if scripts == "scripts" else "plain_page")
    name = f"journey-{scripts}"
    register_model(console, name)
    assert create_for_registered(page, name) <= JOURNEY_CLICKS
    page.get_by_role("link", name="In the registry").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("link", name="Open its card")).to_have_attribute("href", f"/cards/{name}")
    content = described(console, name)["Content"]
    assert content["model_overview"] == {
        "model_name": name,
        "model_id": f"{ARN}:model/{name}",
        "model_description": "Ranks loans.",
        "model_creator": "tester",
        "model_artifact": ["s3://models/m.tar.gz"],
        "inference_environment": {"container_image": ["registry/serve:1"]},
    }
    (evaluation,) = content["evaluation_details"]
    assert len(evaluation["metric_groups"]) > 2


def test_a_package_fills_what_the_sdk_discovers_and_its_reports(page: Page, console: Server) -> None:
    metrics = {
        "Bias": {"Report": {"S3Uri": store_report(console, "bias.json", BIAS.read_bytes())}},
        "ModelQuality": {"Statistics": {"S3Uri": store_report(console, "quality.json", QUALITY.read_bytes())}},
        "Explainability": {"Report": {"S3Uri": "s3://reports/gone.json"}},
    }
    for reports in metrics.values():
        for report in reports.values():
            report["ContentType"] = "application/json"
    record_run(console, "package-run", "s3://models/package-2.tar.gz")
    register_version(console, "packaged", "s3://models/package-1.tar.gz")
    register_version(
        console, "packaged", "s3://models/package-2.tar.gz", ModelMetrics=metrics, ModelApprovalStatus="Approved"
    )
    earlier = {
        "model_package_details": {
            "model_package_arn": f"{ARN}:model-package/packaged/1",
            "model_package_group_name": "packaged",
        },
        "intended_uses": {"purpose_of_model": "Sorting.", "risk_rating": "Low"},
        "business_details": {"line_of_business": "Post"},
    }
    console.client().create_model_card(
        ModelCardName="packaged-1", Content=json.dumps(earlier), ModelCardStatus="Approved"
    )
    page.goto("/packages/packaged/2")
    expect(page.get_by_text("No card")).to_be_visible()
    page.get_by_role("button", name="Create card").click()
    expect(page.get_by_text("2 sections carried over from packaged-1")).to_be_visible()
    expect(page.get_by_text("There is no object s3://reports/gone.json")).to_be_visible()
    expect(page.get_by_text("1 warning.")).to_be_visible()
    expect(page.get_by_label("Purpose of the model")).to_have_value("Sorting.")
    expect(page.locator("#g-package + *, #g-package").first).to_be_visible()
    page.get_by_role("navigation", name="Steps").get_by_text("Evaluation").click()
    expect(page.get_by_text("read as Clarify Bias")).to_be_attached()
    page.get_by_role("navigation", name="Steps").get_by_text("Review and save").click()
    page.get_by_role("button", name="Save card").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("packaged-2")
    saved = described(console, "packaged-2")["Content"]
    assert [job["name"] for job in saved["evaluation_details"]] == ["Bias Report", "Model quality report"]
    assert all(job["metric_groups"] for job in saved["evaluation_details"])
    console.client().delete_model_card(ModelCardName="packaged-2")
    session = Session(endpoint_url=console.url)
    package = ModelPackage.from_model_package_arn(f"{ARN}:model-package/packaged/2", session)
    package.model_metrics = None
    theirs = ModelCard("theirs", model_package_details=package, sagemaker_session=session).to_dict()
    for section in ("model_package_details", "intended_uses", "business_details"):
        assert saved[section] == theirs[section], section
    job = saved["training_details"]["training_job_details"]
    assert job.pop("training_datasets") == ["s3://data/train"]
    assert job == theirs["training_details"]["training_job_details"]


def test_written_text_stays_and_a_choice_can_be_changed_and_taken_back(page: Page, console: Server) -> None:
    register_model(console, "choice-one", "s3://models/one.tar.gz")
    register_model(console, "choice-two", "s3://models/two.tar.gz")
    page.goto("/new")
    page.get_by_label("Creator").fill("Mei Tanaka")
    page.get_by_label("Owner").fill("Credit")
    choose(page, "choice-", "choice-one")
    expect(page.get_by_text("Left as you wrote it: Creator.")).to_be_visible()
    expect(page.get_by_label("Creator")).to_have_value("Mei Tanaka")
    expect(page.get_by_label("Model name From registry")).to_have_value("choice-one")
    page.get_by_label("Artifact 1").fill("s3://models/mine.tar.gz")
    page.get_by_role("button", name="Change", exact=True).click()
    expect(page.locator("#find")).to_be_focused()
    choose(page, "choice-two", "choice-two")
    expect(page.get_by_label("Model name")).to_have_value("choice-two")
    expect(page.get_by_label("Card name")).to_have_value("choice-two")
    expect(page.get_by_label("Artifact 1")).to_have_value("s3://models/mine.tar.gz")
    page.get_by_role("button", name="Put back what was filled in for Model artifacts").click()
    expect(page.get_by_label("Artifact 1")).to_have_value("s3://models/two.tar.gz")
    page.get_by_role("button", name="Save and go to training").click()
    page.get_by_role("button", name="Model", exact=True).click()
    expect(page.get_by_text("choice-two", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    for label in ("Model name", "Model ID", "Card name"):
        expect(page.get_by_label(label)).to_have_value("")
    expect(page.get_by_label("Creator")).to_have_value("Mei Tanaka")
    expect(page.get_by_label("Owner")).to_have_value("Credit")


def test_a_model_with_a_card_is_shown_with_it_and_cannot_be_chosen(page: Page, visitor: Visitor) -> None:
    page.goto("/new")
    page.locator("#find").fill("fraud-cl")
    option = page.locator(".cw-option.is-taken")
    expect(option).to_contain_text("Has a card already")
    expect(option.get_by_role("link")).to_have_attribute("href", "/cards/fraud-classifier")
    expect(page.get_by_role("button", name=re.compile("^fraud-classifier"))).to_have_count(0)
    draft = visitor.begin("second-card")
    refused = visitor.save(draft, "model", [("model_overview.model_owner", "kept")], "pick:model:fraud-classifier")
    assert refused.status == 422
    assert "fraud-classifier has a card already, and a model has one card." in refused.text
    assert 'href="/cards/fraud-classifier">Open fraud-classifier' in refused.text
    assert 'value="kept"' in refused.text
    sent = visitor.post("/new/from", [("pick", "package:waste-sorter-vision/3")])
    assert urllib.parse.urlsplit(sent.url).path == "/cards/waste-sorter-vision"


def test_a_typed_name_of_a_registered_model_is_recognised_with_its_card(visitor: Visitor, console: Server) -> None:
    register_model(console, "typed-name")
    draft = visitor.begin("typed")
    free = visitor.save(draft, "model", [("model_overview.model_name", "typed-name")], "stay")
    assert "This model is registered." in free.text
    taken = visitor.save(draft, "model", [("model_overview.model_id", f"{ARN}:model/fraud-classifier")], "stay")
    assert 'Has a card already: <a href="/cards/fraud-classifier">' in taken.text
    assert "Fill in<" not in taken.text


def test_a_training_job_fills_the_second_step_and_the_one_of_the_model_comes_first(page: Page, console: Server) -> None:
    register_model(console, "trained", "s3://models/trained.tar.gz")
    record_run(console, "aa-its-run", "s3://models/trained.tar.gz")
    record_run(console, "zz-other-run", "s3://models/other.tar.gz")
    page.goto("/models/trained")
    expect(page.get_by_role("link", name="aa-its-run")).to_be_visible()
    page.get_by_role("button", name="Create card").click()
    page.get_by_role("button", name="Save and go to training").click()
    first = page.locator(".cw-option").first
    expect(first).to_contain_text("aa-its-run")
    expect(first).to_contain_text("Made this model’s artifact")
    page.get_by_label("Metric 1, name").first.fill("train:loss")
    page.get_by_label("Metric 1, value").first.fill("0.5")
    choose(page, "its-run", "aa-its-run")
    expect(page.get_by_text("Left as you wrote it: Training metrics.")).to_be_visible()
    expect(page.get_by_label("Hyperparameter 1, value")).to_have_value("0.05")
    expect(page.get_by_label("Training job ARN")).to_have_value(f"{ARN}:training-job/aa-its-run")
    expect(page.get_by_label("Metric 1, name").first).to_have_value("train:loss")
    page.get_by_role("navigation", name="Steps").get_by_text("Review and save").click()
    page.get_by_role("button", name="Save card").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("trained")
    job = described(console, "trained")["Content"]["training_details"]["training_job_details"]
    assert job == {
        "training_arn": f"{ARN}:training-job/aa-its-run",
        "training_datasets": ["s3://data/train"],
        "training_environment": {"container_image": ["registry/train:1"]},
        "training_metrics": [{"name": "train:loss", "value": 0.5}],
        "hyper_parameters": [{"name": "eta", "value": "0.05"}],
    }


def test_a_model_is_chosen_with_the_keyboard_alone(page: Page, console: Server) -> None:
    register_model(console, "by-keys")
    page.goto("/new")
    tab_to(page, "Model or model package")
    page.keyboard.type("by-key")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?find=by-key$"))
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Model name")).to_have_value("by-keys")
    page.get_by_role("button", name="Change", exact=True).click()
    page.locator("#find").fill("something else")
    expect(page.get_by_text("Nothing registered is called “something else”")).to_be_visible()
    page.get_by_label("Owner").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("step 2 of 5"))


def test_the_card_inside_a_package_begins_the_new_one(visitor: Visitor) -> None:
    visitor.get("/packages/waste-sorter-vision/4")
    begun = visitor.post("/new/from", [("pick", "package:waste-sorter-vision/4")])
    assert "3 sections carried over from" in begun.text
    training = visitor.get(urllib.parse.urlsplit(begun.url).path.replace("/model", "/training"))
    assert "brightened before training" in training.text
    assert "From the package’s card" in training.text
    assert "waste-vision-2026-06-30-0115" in training.text


def test_a_card_that_is_edited_takes_what_is_new_in_the_registry(page: Page, console: Server) -> None:
    content = {"model_overview": {"model_id": f"{ARN}:model/registered-later", "model_owner": "Credit"}}
    console.client().create_model_card(
        ModelCardName="before-its-model", Content=json.dumps(content), ModelCardStatus="Draft"
    )
    page.goto("/cards/before-its-model")
    expect(page.get_by_role("link", name="In the registry")).to_have_count(0)
    register_model(console, "registered-later")
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_text("This model is registered.")).to_be_visible()
    page.get_by_role("button", name="Fill in").click()
    expect(page.get_by_label("Model name")).to_have_value("registered-later")
    expect(page.get_by_label("Owner")).to_have_value("Credit")
    page.get_by_role("navigation", name="Steps").get_by_text("Review and save").click()
    page.get_by_role("button", name="Save version 2").click()
    page.get_by_role("link", name="In the registry").click()
    expect(page.get_by_role("link", name="before-its-model").first).to_be_visible()


@pytest.mark.parametrize(
    ("key", "data", "words"),
    [
        ("missing.json", None, "There is no object s3://reports/missing.json"),
        ("broken.json", b"{", "not JSON"),
        ("other.json", b'{"anything": 1}', "Unknown report"),
        ("https://169.254.169.254/latest", None, "is not the location of an object: write s3://bucket/key"),
        ("file:///etc/passwd", None, "is not the location of an object: write s3://bucket/key"),
        ("s3://reports/../../../etc/passwd", None, "between its slashes"),
        ("s3://reports", None, "is not the location of an object: write s3://bucket/key"),
        ("s3://" + "b" * 80 + "/key", None, "is not a bucket name"),
    ],
)
def test_a_report_that_cannot_be_read_is_named_and_leaves_nothing(
    visitor: Visitor, console: Server, key: str, data: bytes | None, words: str
) -> None:
    uri = key if "://" in key else f"s3://reports/{key}"
    if data is not None:
        store_report(console, key, data)
    draft = visitor.begin("stored-report")
    visitor.save(draft, "evaluation", [], "add:evaluation_details")
    answer = visitor.save(draft, "evaluation", [("uri-0", uri)], "stay")
    assert answer.status == 422
    assert words in answer.text
    assert f'value="{uri}"' in answer.text
    assert "cw-file" not in visitor.get(f"{draft}/evaluation").text.replace("cw-file-pick", "")


def test_a_report_that_is_too_large_or_behind_a_link_is_not_read(visitor: Visitor, console: Server) -> None:
    store_report(console, "huge.json", b"{}")
    with (console.home / "objects" / "reports" / "huge.json").open("r+b") as file:
        file.truncate(50_000_001)
    (console.home / "objects" / "reports" / "link.json").symlink_to("/etc/passwd")
    draft = visitor.begin("large-report")
    visitor.save(draft, "evaluation", [], "add:evaluation_details")
    large = visitor.save(draft, "evaluation", [("uri-0", "s3://reports/huge.json")], "stay")
    assert "s3://reports/huge.json has 50,000,001 bytes, and the maximum is 50,000,000" in large.text
    link = visitor.save(draft, "evaluation", [("uri-0", "s3://reports/link.json")], "stay")
    assert "a part of the path is a symbolic link" in link.text


def test_a_report_by_its_address_shows_what_an_uploaded_one_shows(visitor: Visitor, console: Server) -> None:
    uri = store_report(console, "folder/bias report.json", BIAS.read_bytes())
    draft = visitor.begin("by-address")
    visitor.save(draft, "evaluation", [], "add:evaluation_details")
    shown = visitor.save(draft, "evaluation", [("uri-0", f" {uri} "), ("kind-0", "Clarify Bias")], "next")
    assert "read as <strong>Clarify Bias" in shown.text
    assert "read from the object store" in shown.text
    assert "<figure" in shown.text
    wrong = visitor.save(draft, "evaluation", [("uri-0", uri), ("kind-0", "Clarify Explainability")], "stay")
    assert "It looks like Clarify Bias" in wrong.text


def test_lists_search_filter_sort_and_page_by_their_address(page: Page, visitor: Visitor, console: Server) -> None:
    for number in range(28):
        register_model(console, f"listed-{number:02}")
    console.client().create_model_card(
        ModelCardName="listed-card",
        Content=json.dumps({"model_overview": {"model_id": f"{ARN}:model/listed-05"}}),
        ModelCardStatus="PendingReview",
    )
    page.goto("/models")
    page.keyboard.press("/")
    page.keyboard.type("LISTED-")
    expect(page).to_have_url(re.compile(r"\?q=LISTED-"))
    expect(page.locator("tbody tr")).to_have_count(25)
    page.get_by_label("Sort").select_option("name")
    expect(page.locator("tbody tr").first).to_contain_text("listed-00")
    expect(page.locator("tbody tr").nth(5)).to_contain_text("Pending review")
    page.get_by_role("link", name="Next page").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(3)
    page.get_by_label("Card", exact=True).select_option("none")
    expect(page).to_have_url(re.compile("card=none"))
    expect(page.locator("tbody tr")).to_have_count(25)
    expect(page.locator("tbody")).not_to_contain_text("listed-05")
    nothing = visitor.get("/models?q=nothing-like-it&card=none")
    assert "No model matches “nothing-like-it”" in nothing.text
    assert "No training job matches" in visitor.get("/training-jobs?status=Stopped").text
    assert visitor.get("/models?q=%00%27&sort=sideways&after=W1tdLDFd&status=x").status == 200


def test_pages_of_groups_and_versions_say_which_lack_a_card(page: Page) -> None:
    page.goto("/groups")
    row = page.locator("tr", has_text="waste-sorter-vision")
    expect(row).to_contain_text("Version 4")
    row.get_by_role("link", name="waste-sorter-vision", exact=True).click()
    expect(page.locator("tbody tr", has_text="version 3")).to_contain_text("Pending review")
    page.get_by_label("Card", exact=True).select_option("none")
    expect(page.locator("tbody tr", has_text="version 3")).to_have_count(0)
    expect(page.locator("tbody tr", has_text="version 4")).to_contain_text("No card")
    page.get_by_role("link", name="Its cards").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_role("link", name="waste-sorter-vision", exact=True)).to_be_visible()
    page.goto("/training-jobs/waste-vision-2026-06-30-0115")
    expect(page.get_by_role("rowheader", name="Validation: accuracy")).to_be_visible()
    expect(page.get_by_text("11 h 45 min")).to_be_visible()
    page.get_by_text("Everything, as JSON").click()
    expect(page.locator("pre")).to_contain_text('"TrainingJobStatus": "Completed"')


def test_a_package_leads_to_the_processing_jobs_that_its_card_names(page: Page, visitor: Visitor) -> None:
    page.goto("/packages/waste-sorter-vision/3")
    evaluated = page.locator("#evaluated")
    expect(evaluated.get_by_role("link")).to_have_count(1)  # the newest version names one of the two
    evaluated.get_by_role("link", name="waste-vision-quality-2026-06-02-0925").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("waste-vision-quality-2026-06-02-0925")
    expect(page.get_by_role("row", name="report s3://sorting-reports/waste-vision/2026-06-02/")).to_be_visible()
    expect(page.get_by_role("button", name="Create card")).to_have_count(0)
    expect(page.locator("#named").get_by_role("link")).to_have_text("waste-sorter-vision")
    page.get_by_text("Everything, as JSON").click()
    expect(page.locator("pre")).to_contain_text('"ProcessingJobStatus": "Completed"')
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Registry").click()
    page.get_by_role("navigation", name="Registry").get_by_role("link", name="Jobs").click()
    page.get_by_role("navigation", name="Jobs", exact=True).get_by_role("link", name="Processing").click()
    page.get_by_label("Search names").fill("fraud-")
    expect(page).to_have_url(re.compile(r"/processing-jobs\?q=fraud-"))
    expect(page.locator("tbody tr")).to_have_count(3)
    assert "No processing job matches" in visitor.get("/processing-jobs?status=Stopped").text
    assert "Create card" not in visitor.get("/processing-jobs").text


def test_a_job_leads_to_the_cards_whose_newest_version_names_it(visitor: Visitor, console: Server) -> None:
    record_run(console, "named-run", "s3://models/named.tar.gz")
    record_run(console, "named-run-2", "s3://models/named-2.tar.gz")
    record_check(console, "named-check", "x")
    run, check = f"{ARN}:training-job/named-run", f"{ARN}:processing-job/named-check"
    assert "No card names it" in visitor.get("/training-jobs/named-run").text
    for name, content in {
        "names-run": {"training_details": {"training_job_details": {"training_arn": run}}},
        "names-other-run": {"training_details": {"training_job_details": {"training_arn": f"{run}-2"}}},
        "names-check": {"evaluation_details": [{"name": "a"}, {"name": "b", "evaluation_job_arn": check}]},
    }.items():
        console.client().create_model_card(ModelCardName=name, Content=json.dumps(content), ModelCardStatus="Draft")
    for path, named in {
        "/training-jobs/named-run": ["names-run"],
        "/training-jobs/named-run-2": ["names-other-run"],
        "/processing-jobs/named-check": ["names-check"],
    }.items():
        section = visitor.get(path).text.partition('id="named"')[2].partition("</section>")[0]
        assert re.findall(r'href="/cards/([^"]+)"', section) == named
    console.client().update_model_card(ModelCardName="names-run", Content="{}")
    assert "No card names it" in visitor.get("/training-jobs/named-run").text


def test_a_card_begins_with_a_run_that_made_a_model_and_is_not_in_a_card(visitor: Visitor) -> None:
    failed = visitor.get("/training-jobs/churn-weekly-2026-07-13").text
    assert ("No card names it" in failed, "Create card" in failed) == (True, False)
    used = visitor.get("/training-jobs/waste-vision-2026-04-12-0130").text
    assert ('href="/cards/waste-sorter-vision">Open its card</a>' in used, "Create card" in used) == (True, False)


def test_registry_pages_have_readable_names_and_keep_the_stored_ones(visitor: Visitor, console: Server) -> None:
    Session(endpoint_url=console.url).record_training_job(
        TrainingJobName="f-half-run",
        ModelArtifacts={"S3ModelArtifacts": "s3://bucket/f-half"},
        FinalMetricDataList=[{"MetricName": "f0_5", "Value": 0.027262546200350957}],
    )
    job = visitor.get("/training-jobs/f-half-run").text
    assert re.search('<th role="rowheader" scope="row">F0.5</th><td[^>]*>0.0273</td>', job)
    assert "<dt>f0_5</dt><dd>0.027262546200350957</dd>" in job
    for address in ("/packages/waste-sorter-vision/4", "/cards/waste-sorter-vision"):
        page = visitor.get(address).text
        assert re.search('<span[^>]* title="COMPUTER_VISION">Computer vision</span>', page), address


def test_scripts_and_long_texts_in_the_registry_are_only_shown(browser: Browser, console: Server) -> None:
    name = "n" * 63
    long = "<b>&\u202e" * 12_000
    register_model(console, name)
    register_version(
        console,
        "scripted-group",
        ModelPackageDescription=SCRIPT,
        CustomerMetadataProperties={"note": "n" * 256},
        ModelCard={"ModelCardContent": json.dumps({"intended_uses": {"purpose_of_model": SCRIPT}, "training_details": {
            "training_observations": long[:1000]}}), "ModelCardStatus": "Draft"},
    )  # fmt: skip
    Session(endpoint_url=console.url).record_training_job(
        TrainingJobName="scripted-run",
        ModelArtifacts={"S3ModelArtifacts": "s3://bucket/" + "a" * 900},
        HyperParameters={SCRIPT: SCRIPT},
        FailureReason=SCRIPT,
        TrainingJobStatus="Failed",
    )
    record_check(console, "scripted-check", SCRIPT, "s3://bucket/" + "a" * 900)
    context = browser.new_context(base_url=console.url, viewport={"width": 360, "height": 800})
    page = context.new_page()
    pages = (
        f"/models/{name}",
        "/packages/scripted-group/1",
        "/training-jobs/scripted-run",
        "/processing-jobs/scripted-check",
        "/packages?q=scripted",
        "/new",
    )
    for address in pages:
        page.goto(address)
        assert page.evaluate("window.broken") is None, address
        width, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert width <= window, address
    page.goto("/packages/scripted-group/1")
    page.get_by_role("button", name="Create card").click()
    expect(page.get_by_label("Purpose of the model")).to_have_value(SCRIPT)
    assert page.evaluate("window.broken") is None
    context.close()


def test_what_is_not_registered_here_is_a_page_that_says_so(visitor: Visitor) -> None:
    for path in (
        "/models/unknown",
        "/groups/unknown",
        "/packages/unknown",
        "/packages/waste-sorter-vision/99",
        "/packages/waste-sorter-vision/0",
        "/packages/waste-sorter-vision/4/5",
        "/packages/" + "9" * 300,
        "/training-jobs/%00",
        "/processing-jobs/unknown",
        "/processing-jobs/%00",
        "/choices/nothing",
        "/choices/model?draft=unknown",
    ):
        answer = visitor.get(path)
        assert answer.status == 404, path
    elsewhere = "arn:aws:sagemaker:us-east-1:111111111111:model/churn-weekly"
    assert "Nothing registered is called" in visitor.get(f"/choices/model?find={elsewhere}").text
    for find in ("%00", "%F0%9F%98%80", "a" * 3000, "/", "fraud/", "fraud/x", f"{ARN}:model/unknown", "%25"):
        assert visitor.get(f"/choices/model?find={find}").status == 200, find
    draft = visitor.begin("picks-nothing")
    for pick in ("pick:", "pick:model:", "pick:model:unknown", "pick:package:a/b/c", "pick:job:\x00", "pick:nothing:x"):
        assert visitor.save(draft, "model", [], pick).status == 422, pick
    for quiet in ("clear:nothing", "back:nothing.at.all", "clear:job", "change", "find"):
        assert visitor.save(draft, "model", [], quiet).status == 200, quiet
    visitor.get("/models")
    assert visitor.post("/new/from", [("pick", "model:unknown")]).status == 400


def test_an_empty_registry_teaches(empty_console: Server) -> None:
    visitor = Visitor(empty_console.url)
    for path, call in (
        ("/models", "create_model("),
        ("/groups", "create_model_package("),
        ("/packages", "create_model_package("),
        ("/training-jobs", "cardwright training-job record"),
        ("/processing-jobs", "create_processing_job("),
    ):
        answer = visitor.get(path)
        assert "is registered yet" in answer.text
        assert call in answer.text
    assert "Every registered model has a card" in visitor.get("/new").text
