"""What is attached in a chat: uploaded by its sender, named in a message, fetched by whoever is in the chat."""

from typing import Any

from chalicelib.errors import BadInput, NotFound
from chalicelib.models import keys
from chalicelib.models.frames import Attachment, Download, Upload
from chalicelib.models.requests.interactions import Attached
from chalicelib.models.uploads import VALID, Uploads
from chalicelib.services.chat.chat import Here, get_room, require_talking
from chalicelib.services.deps import Deps

Frame = dict[str, Any]


def upload(deps: Deps, here: Here, request: Upload) -> Frame:
    """Where the bytes are to be put: 1 query."""
    require_talking(here, get_room(here, request.contact_id))
    attachment_id = deps.new_id()
    url, headers = _uploads(deps, request.contact_id).address(attachment_id, request.type, request.size)
    return {"type": "upload", "attachment_id": attachment_id, "url": url, "headers": headers} | _until(deps)


def download(deps: Deps, here: Here, request: Download) -> Frame:
    """Where the bytes can be fetched: 1 query. What is bound to another contact is not under this one's key."""
    get_room(here, request.contact_id)
    url = _uploads(deps, request.contact_id).link(request.attachment_id)
    return {"type": "download", "attachment_id": request.attachment_id, "url": url} | _until(deps)


def attached(deps: Deps, contact_id: str, named: Attachment) -> Attached:
    """What a message names, as it was uploaded on this contact: one request to S3. Raises `BadInput`."""
    uploads = _uploads(deps, contact_id)
    try:
        found = uploads.find(named.attachment_id)
    except NotFound as error:
        raise BadInput.at("attachment.attachment_id", "nothing was uploaded by that id in this chat") from error
    if found != (named.type, named.size):
        raise BadInput.at("attachment", "is not what was uploaded: type or size differ")
    return Attached(name=named.name, type=named.type, size=named.size, key=uploads.key(named.attachment_id))


def _uploads(deps: Deps, contact_id: str) -> Uploads:
    return Uploads(deps.settings.archive_bucket, deps.settings.region, contact_id)


def _until(deps: Deps) -> Frame:
    return {"expires_at": keys.instant(deps.now() + VALID)}
