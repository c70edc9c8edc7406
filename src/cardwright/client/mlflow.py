"""Reads a model or run from an MLflow server, over its REST interface and without the package mlflow.

A request goes only to the server that the caller names: a redirect to another host is refused. Each answer has a
deadline and a limit of bytes.
"""

import base64
import json
import os
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.parse import quote, urlencode, urlsplit

from cardwright.client.mlflow_address import ModelAddress, logged_model_id
from cardwright.client.mlflow_records import Record, record_of, records_of
from cardwright.core.errors import CardwrightError
from cardwright.interchange import LARGEST

_SECONDS = 30.0
_HISTORY_PAGE = 1000
_LONGEST_HISTORY = 20_000  # points
_MOST_CURVES = 200
_MISSING = "RESOURCE_DOES_NOT_EXIST"


class MlflowUnreachable(CardwrightError, ConnectionError):
    """The MLflow server did not answer, or its answer cannot be used."""


class MlflowRefused(CardwrightError, ValueError):
    """The MLflow server refused a request. The message has its code.

    Attributes:
        code: MLflow's error code, such as ``RESOURCE_DOES_NOT_EXIST``, or the HTTP status.
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class MlflowServer:
    """An MLflow server.

    Args:
        uri: its URL; by default ``MLFLOW_TRACKING_URI``. Its user and password, or ``MLFLOW_TRACKING_USERNAME`` and
            ``MLFLOW_TRACKING_PASSWORD``, or ``MLFLOW_TRACKING_TOKEN``, are sent to it.

    Raises:
        ValueError: there is no URL, or it is not of http or https.
    """

    def __init__(self, uri: str | None = None) -> None:
        uri = uri or os.environ.get("MLFLOW_TRACKING_URI") or ""
        parts = urlsplit(uri)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(
                "MLflow is read from a server: pass tracking_uri='http://host:5000', or set MLFLOW_TRACKING_URI."
                f" {uri!r} is a store without a server: start one with `mlflow server --backend-store-uri {uri}`"
                if uri
                else "Pass tracking_uri='http://host:5000', or set MLFLOW_TRACKING_URI"
            )
        port = "" if parts.port is None else f":{parts.port}"
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        self.url = f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"
        self._headers = {"Accept": "application/json", **_authorization(parts.username, parts.password)}
        self._opener = urllib.request.build_opener(_SameHost(parts.scheme, parts.netloc.rpartition("@")[2]))

    def model_document(self, model: str) -> Record:
        """Read a version of a registered model, with its model, run and logged model.

        Args:
            model: ``name/3``, ``name@alias``, or ``name`` for the newest version; also after ``models:/``.

        Raises:
            ValueError: the words name no version, or the server has no such model.
            MlflowUnreachable: the server did not answer.
        """
        address = ModelAddress.read(model)
        registered = self._member("registered_model", "registered-models/get", name=address.name)
        version = self._version(*address, registered)
        document: Record = {"registered_model": registered, "model_version": version}
        run_id = version.get("run_id")
        if run_id:
            document |= self._run(str(run_id), is_needed=False)
        model_id = version.get("model_id") or logged_model_id(version, record_of(document.get("run")))
        if model_id:
            document |= self._logged_model(str(model_id))
        return document

    def run_document(self, run_id: str) -> Record:
        """Read a run with the histories of its metrics.

        Raises:
            ValueError: the server has no such run.
            MlflowUnreachable: the server did not answer.
        """
        return self._run(run_id, is_needed=True)

    def _version(self, name: str, version: str | None, alias: str | None, registered: Record) -> Record:
        if alias is not None:
            return self._member("model_version", "registered-models/alias", name=name, alias=alias)
        if version is None:
            listed = [int(str(one["version"])) for one in records_of(registered.get("latest_versions"))]
            if not listed:
                raise ValueError(f"The model {name!r} at {self.url} has no version")
            version = str(max(listed))
        return self._member("model_version", "model-versions/get", name=name, version=version)

    def _run(self, run_id: str, *, is_needed: bool) -> Record:
        try:
            run = self._member("run", "runs/get", run_id=run_id)
        except MlflowRefused as refusal:
            if is_needed or refusal.code != _MISSING:
                raise
            return {}  # the run was deleted, and its model stays
        metrics = records_of(record_of(run.get("data")).get("metrics"))
        stepped = [str(one["key"]) for one in metrics if int(str(one.get("step", 0))) > 0][:_MOST_CURVES]
        history = {key: list(self._history(run_id, key)) for key in stepped}
        return {"run": run} | ({"metric_history": history} if history else {})

    def _history(self, run_id: str, key: str) -> Iterator[Record]:
        token, count = "", 0
        while count < _LONGEST_HISTORY:
            page = {"page_token": token} if token else {}
            answer = self._get(
                "metrics/get-history", run_id=run_id, metric_key=key, max_results=str(_HISTORY_PAGE), **page
            )
            points = records_of(answer.get("metrics"))
            yield from points
            count += len(points)
            token = str(answer.get("next_page_token", ""))
            if not token:
                return

    def _logged_model(self, model_id: str) -> Record:
        """Return a logged model. MLflow 2 and many managed services have none."""
        try:
            found = self._get(f"logged-models/{quote(model_id, safe='')}")
        except MlflowRefused:
            return {}
        return {"logged_model": found["model"]} if isinstance(found.get("model"), dict) else {}

    def _member(self, member: str, path: str, **query: str) -> Record:
        """Return the object in an answer."""
        found = self._get(path, **query).get(member)
        if not isinstance(found, dict):
            raise MlflowUnreachable(f"{self.url} is not an MLflow server: its answer lacks {member!r}")
        return found

    def _get(self, path: str, **query: str) -> Record:
        url = f"{self.url}/api/2.0/mlflow/{path}" + (f"?{urlencode(query)}" if query else "")
        request = urllib.request.Request(url, headers=self._headers)  # noqa: S310 - http or https: __init__ checks it
        try:
            with self._opener.open(request, timeout=_SECONDS) as answer:
                data = answer.read(LARGEST + 1)
        except urllib.error.HTTPError as error:
            with error:
                raise self._refusal(error.code, error.read(LARGEST)) from None
        except (OSError, HTTPException, ssl.SSLError) as error:
            reason = getattr(error, "reason", error)
            raise MlflowUnreachable(f"The MLflow server {self.url} did not answer: {reason}") from error
        return self._parsed(data)

    def _parsed(self, data: bytes) -> Record:
        if len(data) > LARGEST:
            raise MlflowUnreachable(f"An answer of {self.url} is larger than {LARGEST // 1_000_000} MB")
        try:
            document = json.loads(data)
        except ValueError:
            raise MlflowUnreachable(f"{self.url} is not an MLflow server: its answer is not JSON") from None
        if not isinstance(document, dict):
            raise MlflowUnreachable(f"{self.url} is not an MLflow server: its answer is not an object")
        return document

    def _refusal(self, status: int, data: bytes) -> CardwrightError:
        try:
            stated = json.loads(data)
            code, message = str(stated["error_code"]), str(stated.get("message", ""))[:300]
        except (ValueError, KeyError, TypeError):
            code, message = str(status), "its answer does not say why"
        return MlflowRefused(f"MLflow at {self.url} refused the request ({code}): {message}", code)


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows redirects to the same host only, because requests have credentials."""

    def __init__(self, scheme: str, host: str) -> None:
        self._allowed = (scheme, host)

    def redirect_request(  # noqa: PLR0913, PLR0917 - of urllib
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        parts = urlsplit(newurl)
        if (parts.scheme, parts.netloc) != self._allowed:
            fp.close()
            raise MlflowUnreachable(
                f"The MLflow server sends requests on to another address, {parts.netloc}: pass that"
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _authorization(user: str | None, password: str | None) -> dict[str, str]:
    user = user or os.environ.get("MLFLOW_TRACKING_USERNAME")
    password = password or os.environ.get("MLFLOW_TRACKING_PASSWORD")
    token = os.environ.get("MLFLOW_TRACKING_TOKEN")
    if user and password:
        return {"Authorization": f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"}
    return {"Authorization": f"Bearer {token}"} if token else {}
