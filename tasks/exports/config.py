"""Settings of the exports: where the files go and how they are written."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from db.config import ExportLocationSettings, url_port

#: A hundred years.
MAX_DAYS = 36_500


def http_address(value: str) -> str:
    """Accept only a URL of a web server."""
    if not re.fullmatch(r"https?://[^/\s?#]+[^\s]*", value):
        raise ValueError("must begin with http:// or https://")
    return value


class ExportSettings(ExportLocationSettings):
    """How exports are written."""

    #: Who speaks S3, if not AWS; whose bucket it is AWS's own library reads from the usual AWS_* variables.
    aws_endpoint_url: Annotated[str, AfterValidator(http_address), AfterValidator(url_port)] | None = None
    #: Where the bucket is.
    aws_region: str | None = Field(default=None, pattern=r"^[a-z0-9-]{1,64}$")
    #: So many days keep files of their own before they are folded into months.
    export_retention_days: int = Field(default=30, ge=1, le=MAX_DAYS)
