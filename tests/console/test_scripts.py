"""What is registered, or written about people and keys, is shown as text: no page runs or loads anything of it.

Every page is looked at without the console's policy, so that anything that came through unescaped would run.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cardwright.client.own_client import own_client
from tests import servers
from tests.console.team import add_users, enter_as, signed_in
from tests.servers import Server
from tests.waiting import wait_until
from tests.wire.samples import accepted, matches, model_of, value_of

SCRIPT = "<script>ran('script')</script>\"'><img src=x onerror=\"ran('image')\">{{7*7}}"
_SCRIPTS = (
    SCRIPT,
    f"s3://bucket/{SCRIPT}",
    f"text/{SCRIPT}",
    "\"'><script>ran(1)</script>",
    "<img src=x onerror=ran(2)>",
    "javascript:ran(3)",
)
"""For each field the first of these that its pattern and length allow."""
NAME = "scripted"
_WATCH = "addEventListener('securitypolicyviolation', event => report(event.violatedDirective + event.sample))"
_FEWEST = 100  # fields of the registry that take a script: nearly two thirds of all texts


def scripted(shape: Shape, taken: list[str], place: str = "") -> Any:
    """A value that fits a shape, with a script in every text that may hold one; ``taken`` gets their places."""
    if isinstance(shape, StructureShape):
        return {name: scripted(member, taken, f"{place}.{name}") for name, member in shape.members.items()}
    if isinstance(shape, ListShape):
        return [scripted(shape.member, taken, place)]
    if isinstance(shape, MapShape):
        return {scripted(shape.key, taken, f"{place}.key"): scripted(shape.value, taken, place)}
    if isinstance(shape, StringShape) and not shape.enum:
        limits = shape.metadata
        for text in _SCRIPTS:
            fits = limits.get("min", 0) <= len(text) <= limits.get("max", len(text))
            if fits and matches(limits.get("pattern", ".*"), text):
                taken.append(place)
                return text
    return value_of(shape)


def request_of(operation: str, taken: list[str], *without: str, **members: Any) -> dict[str, Any]:
    made = scripted(model_of(operation).input_shape, taken, operation) | members
    return accepted(operation, {name: value for name, value in made.items() if name not in without})


def register(client: Any) -> list[str]:
    """Register what the registry's pages show, with scripts in it; gives the places of those."""
    taken: list[str] = []
    own = own_client(client)
    client.create_model(**request_of("CreateModel", taken, "Containers", ModelName=NAME))
    client.create_model(**request_of("CreateModel", taken, "PrimaryContainer", ModelName=f"{NAME}-pipeline"))
    client.create_model_package_group(**request_of("CreateModelPackageGroup", taken, ModelPackageGroupName=NAME))
    card = {"ModelCardStatus": "Draft", "ModelCardContent": json.dumps({"intended_uses": {"purpose_of_model": SCRIPT}})}
    apart = ("ClientToken", "SecurityConfig")
    version = {"ModelPackageGroupName": NAME, "ModelCard": card}
    made = request_of("CreateModelPackage", taken, "ModelPackageName", "Tags", *apart, **version)
    arn = client.create_model_package(**made)["ModelPackageArn"]
    alone = {"ModelPackageName": f"{NAME}-alone", "ModelCard": card}
    client.create_model_package(**request_of("CreateModelPackage", taken, "ModelPackageGroupName", *apart, **alone))
    client.update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus="Rejected", ApprovalDescription=SCRIPT, SourceUri="javascript:ran(4)"
    )
    client.create_training_job(**request_of("CreateTrainingJob", taken, TrainingJobName=NAME))
    failed = {"TrainingJobName": f"{NAME}-failed", "TrainingJobStatus": "Failed"}
    own.record_training_job(**request_of("RecordTrainingJob", taken, **failed))
    client.create_processing_job(**request_of("CreateProcessingJob", taken, ProcessingJobName=NAME))
    overview = {"model_id": f"{arn.partition(':model-package/')[0]}:model/{NAME}", "model_name": SCRIPT}
    content = {"model_overview": overview, "training_details": {"training_job_details": {"training_arn": SCRIPT}}}
    client.create_model_card(ModelCardName=NAME, Content=json.dumps(content), ModelCardStatus="PendingReview")
    own.review_model_card(ModelCardName=NAME, ModelCardStatus="Draft", Comment=SCRIPT)
    return taken


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server where people sign in, with scripts in its registry; vic has keys, one of them revoked."""
    with servers.running(tmp_path_factory.mktemp("scripts"), "--auth", "sigv4") as server:
        add_users(server, ana="admin", vic="viewer")
        taken = register(server.client(*server.key("000000000000", "loader", "admin")))
        assert len(taken) > _FEWEST
        yield server


@pytest.fixture
def watch(browser: Browser, loaded: Server) -> Iterator[Page]:
    """A window of ana's without the policy. ``watch.reports`` has the scripts that ran."""
    context = browser.new_context(base_url=loaded.url, bypass_csp=True)
    enter_as(context, loaded, signed_in(loaded, "ana"))
    page = watched(context)
    yield page
    context.close()


def watched(context: BrowserContext) -> Page:
    reports: list[str] = []
    context.expose_binding("report", lambda _, text: reports.append(f"violation of {text}"))
    context.expose_binding("ran", lambda _, text: reports.append(f"ran {text}"))
    context.add_init_script(_WATCH)
    page = context.new_page()
    page.reports = reports  # type: ignore[attr-defined]  # a place of our own on Playwright's object

    def opened(dialog: Any) -> None:
        reports.append(f"dialog {dialog.message}")
        dialog.dismiss()

    page.on("dialog", opened)
    return page


def check(page: Page, shows: str | None = SCRIPT) -> None:
    """Nothing ran, nothing tried to, no link runs a script, and the page shows the text as it was written."""
    page.evaluate("new Promise(done => setTimeout(done, 20))")  # reports come after the page
    assert page.reports == [], page.url  # type: ignore[attr-defined]
    bad = "a[href^='javascript:' i], img[src='x'], main script, [onerror], [onclick], iframe"
    assert page.locator(bad).count() == 0, page.url
    if shows is not None:
        written = page.evaluate(
            "document.body.textContent + [...document.querySelectorAll('input, textarea')].map(e => e.value).join()"
        )
        assert shows in written, page.url


def test_scripts_in_every_field_of_the_registry_are_text_on_every_page(watch: Page) -> None:
    for address in (
        f"/models/{NAME}",
        f"/models/{NAME}-pipeline",
        f"/groups/{NAME}",
        "/groups",
        f"/packages/{NAME}/1",
        f"/packages/{NAME}-alone",
        "/packages",
        f"/training-jobs/{NAME}",
        f"/training-jobs/{NAME}-failed",
        f"/processing-jobs/{NAME}",
        f"/cards/{NAME}",
        f"/cards/{NAME}/history",
        "/cards",
    ):
        watch.goto(address)
        check(watch, None if address in {"/cards", "/groups", "/packages"} else SCRIPT)
    for address in (
        "/models",
        "/training-jobs",
        "/processing-jobs",
        "/choices/model?find=scripted",
        "/choices/job?find=scripted",
    ):
        watch.goto(address)
        check(watch, NAME)
    for path in ("/models", "/groups", "/packages", "/training-jobs", "/processing-jobs", "/cards", "/users", "/keys"):
        watch.goto(f"{path}?q={SCRIPT}&status={SCRIPT}&card={SCRIPT}&sort={SCRIPT}&after={SCRIPT}")
        check(watch, None)


def test_scripts_of_the_registry_are_text_in_the_form_that_they_fill(watch: Page) -> None:
    watch.goto(f"/packages/{NAME}/1")
    watch.get_by_role("button", name="Create card").first.click()
    expect(watch).to_have_title(re.compile("step 1 of 5"))
    check(watch)
    watch.get_by_role("navigation", name="Steps").get_by_text("Training").click()
    expect(watch).to_have_title(re.compile("step 2 of 5"))
    check(watch)  # the job that made the package's artifact has filled it
    for step in ("Evaluation", "Ethics", "Review"):
        watch.get_by_role("navigation", name="Steps").get_by_text(step).click()
        expect(watch).to_have_title(re.compile(step))
        check(watch, None if step != "Review" else SCRIPT)
    watch.goto("/drafts")
    check(watch, None)


def test_scripts_written_about_people_and_keys_are_text(watch: Page) -> None:
    def post(address: str, button: str, **fields: str) -> None:
        watch.goto(address)
        for name, value in fields.items():
            field = watch.locator(f"main [name={name}]").first
            field.evaluate("field => { field.removeAttribute('maxlength'); field.type = 'text' }")
            field.fill(value)
        watch.get_by_role("button", name=button).click()

    post("/users/new", "Add user", user=SCRIPT, password=SCRIPT)
    expect(watch.locator("#user-e")).to_be_visible()
    check(watch)
    post("/keys", "Make key", user=SCRIPT)
    expect(watch.locator("#user-e")).to_be_visible()
    check(watch)
    post("/users/vic/delete", "Delete", name=SCRIPT)
    check(watch, None)
    for field in ("user", "role"):
        watch.goto("/keys")
        watch.evaluate(
            "([name, text]) => { const form = document.querySelector('main form'); const field = form[name];"
            " const own = document.createElement('input'); own.name = name; own.value = text; field.replaceWith(own);"
            " if (name === 'role') form.user.value = 'vic'; form.submit() }",
            [field, SCRIPT],
        )
        expect(watch.locator(f"#{field}-e")).to_be_visible()
        check(watch, None)
    for address in ("/users", "/users/vic", "/users/history", f"/users/history?before={SCRIPT}", "/keys", "/me"):
        watch.goto(address)
        check(watch, None)
    for address in (f"/users/{SCRIPT}", f"/keys/{SCRIPT}/revoke", f"/cards/{SCRIPT}", f"/models/{SCRIPT}"):
        watch.goto(address.replace("?", "%3F").replace("#", "%23"))
        check(watch, None)
    watch.get_by_label("You are ana").click()
    watch.get_by_role("button", name="Sign out").click()
    post(f"/sign-in?next=/{SCRIPT}&account={SCRIPT}", "Sign in", user=SCRIPT, password=SCRIPT)
    expect(watch.get_by_role("alert")).to_be_visible()
    check(watch, None)


@pytest.mark.parametrize("without", [False, True])
def test_the_watch_reports_a_script_that_ran(browser: Browser, loaded: Server, without: bool) -> None:
    context = browser.new_context(base_url=loaded.url, bypass_csp=without)
    page = watched(context)
    page.goto("/sign-in")
    page.evaluate("text => document.body.insertAdjacentHTML('beforeend', text)", "<img src=data:, onerror=alert(1)>")
    wait_until(lambda: page.evaluate("1") and page.reports)  # type: ignore[attr-defined]
    assert page.reports == (["dialog 1"] if without else ["violation of script-src-attr"])  # type: ignore[attr-defined]
    context.close()
