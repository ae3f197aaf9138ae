"""Bills in a store of objects: everything is as it is in a folder. A real S3 client, and moto's server over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import duckdb
import msgspec
import pytest
from moto.server import ThreadedMotoServer

from openpartner.core.base.errors import Unavailable
from openpartner.core.billing.lake import reading_lake, working_lake
from openpartner.core.billing.models import BillVersion
from openpartner.core.billing.months import month_of
from openpartner.core.billing.publishing import current_files
from openpartner.core.billing.sweeping import Ages, sweep
from openpartner.core.billing.verifying import verify_lake
from openpartner.core.closing.commands import close_month
from openpartner.core.jobs.models import JobState
from openpartner.kit import clock
from openpartner.lake.schema import Action
from openpartner.lake.store import Lake
from openpartner.project.config import BadSetting, read
from tests.core.test_bill_closing import AT_ONCE, LATER, MONTH, compacted, october, run_job, whole
from tests.core.test_bill_import import bring, focus, rows_of, written
from tests.support.bills import month_state
from tests.support.people import World

pytestmark = [pytest.mark.django_db, pytest.mark.engine("sqlite")]
__all__ = ["october"]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """An S3 of one's own, with the keys of it in the environment, where its clients look."""
    with pytest.MonkeyPatch.context() as environment:
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        url = "http://{}:{}".format(*server.get_host_and_port())
        environment.setenv("AWS_ENDPOINT_URL_S3", url)
        environment.setenv("AWS_ACCESS_KEY_ID", "test")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "test")
        environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
        yield url
        server.stop()


class Bucket:
    """What somebody else's client sees of the lake."""

    def __init__(self, endpoint: str) -> None:
        self.name, self._client = f"bills-{uuid4().hex}", boto3.client("s3", endpoint_url=endpoint)
        self._client.create_bucket(Bucket=self.name)
        self.url = f"s3://{self.name}/channel"

    def names(self) -> set[str]:
        found = self._client.list_objects_v2(Bucket=self.name).get("Contents", [])
        return {one["Key"].removeprefix("channel/") for one in found}

    def put(self, name: str, content: bytes) -> None:
        self._client.put_object(Bucket=self.name, Key=f"channel/{name}", Body=content)

    def remove(self, name: str) -> None:
        self._client.delete_object(Bucket=self.name, Key=f"channel/{name}")


@pytest.fixture(autouse=True)
def bucket(endpoint: str, tmp_path: Path, settings: Any) -> Bucket:
    """The lake of each test stands in a bucket of its own."""
    made = Bucket(endpoint)
    settings.OPENPARTNER = msgspec.structs.replace(
        settings.OPENPARTNER, data=str(tmp_path / "data"), lake_url=f"{made.url}/"
    )
    return made


def in_folder() -> set[str]:
    """The files of the lake on this machine."""
    root = working_lake().root
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def current(world: World) -> set[str]:
    row = month_state(world, MONTH)
    version = BillVersion.objects.everything(reason="test").get(month=row, number=row.version)
    return {file.name for file in current_files(row)} | {version.summary}


def test_an_import_stands_there_and_nowhere_else(world: World, bucket: Bucket, settings: Any, tmp_path: Path) -> None:
    given = [{}, {"SubAccountId": "b", "BilledCost": "-0.123456785"}, {"ProviderName": "Oracle", "BilledCost": "7"}]
    bring(world, written(tmp_path, focus(*given)))
    told = rows_of(world.pia, "cloud", "sub_account", "billed_delivered", "action")
    assert sorted(row[:3] for row in told if row[3] != Action.ROUNDING) == [
        ("aws", "a", Decimal(1)),
        ("aws", "b", Decimal("-0.123456785")),
        ("oracle", "a", Decimal(7)),
    ]
    assert list(verify_lake()) == []
    assert {name.partition("/")[0] for name in bucket.names()} == {"lines", "summaries"}
    assert in_folder() == set()
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, lake_url="", data=str(tmp_path / "here"))
    with pytest.raises(Unavailable):  # the folder has none of it
        rows_of(world.pia, "bill_day")


def test_a_corrected_file_replaces_its_lines_and_the_sweep_takes_the_old(
    world: World, bucket: Bucket, tmp_path: Path
) -> None:
    bring(world, written(tmp_path, focus({}, {"SubAccountId": "b"})))
    first = bucket.names()
    bring(world, written(tmp_path, focus({"BilledCost": "2.5"}, {"SubAccountId": "b"})))
    assert sorted(rows_of(world.pia, "sub_account", "total_cost")) == [("a", 2.5), ("b", 1)]
    assert bucket.names() > first
    sweep(AT_ONCE)
    assert bucket.names().isdisjoint(first)
    assert list(verify_lake()) == []
    assert sorted(rows_of(world.pia, "sub_account", "total_cost")) == [("a", 2.5), ("b", 1)]
    assert in_folder() == set()


def test_closing_and_sweeping_change_no_figure(october: World, bucket: Bucket) -> None:
    before = whole(october)
    compacted(october, 4)
    assert whole(october) == before
    bucket.put("lines/2026-10/stray.parquet", b"of nobody")
    assert sweep(Ages(replaced=AT_ONCE.replaced)).files == 5 + 1  # four days, what nobody has mapped, and a summary
    assert bucket.names() == current(october) | {"lines/2026-10/stray.parquet"}
    sweep(AT_ONCE)
    assert bucket.names() == current(october)
    assert whole(october) == before
    with clock.frozen(LATER):
        job = run_job(close_month(october.pia.caller, cloud="tencent", month=month_of(MONTH)))
    assert job.state == JobState.DONE, job.error
    assert whole(october) == before
    assert list(verify_lake()) == []
    assert in_folder() == set()


@pytest.mark.parametrize("harm", ["damaged", "missing"])
def test_harm_is_named_and_never_summed_around(october: World, bucket: Bucket, harm: str) -> None:
    name = min(file.name for file in current_files(month_state(october, MONTH)))
    bucket.remove(name) if harm == "missing" else bucket.put(name, b"something else")
    with pytest.raises(Unavailable):
        whole(october)
    assert any(name in said and harm in said for said in map(str, verify_lake()))


def test_a_store_that_does_not_answer_is_told_so(october: World, bucket: Bucket, settings: Any) -> None:
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, lake_url="s3://no-bucket-of-this-name/x")
    with pytest.raises(Unavailable):
        whole(october)


def test_duckdb_reaches_nothing_else_there(bucket: Bucket, endpoint: str) -> None:
    other = Bucket(endpoint)
    other.put("x.parquet", b"secret")
    for lake in (working_lake(), reading_lake()):
        for url in (f"{other.url}/x.parquet", f"s3://{bucket.name}/beside.parquet", f"{bucket.url}/../x.parquet"):
            with lake.connect() as connection, pytest.raises(duckdb.PermissionException):
                connection.execute(f"SELECT * FROM read_parquet('{url}')")


def test_an_address_nobody_knows_is_refused_with_the_setting(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="OPENPARTNER_LAKE_URL"):
        Lake(tmp_path, url="nosuch://x").connect()


@pytest.mark.parametrize("wrong", ["bucket", "s3://", "s3://a b", "S3://bucket", "s3://bucket?x=1"])
def test_a_setting_that_is_no_address_is_refused(wrong: str) -> None:
    with pytest.raises(BadSetting, match="LAKE_URL"):
        read({"OPENPARTNER_LAKE_URL": wrong})
