"""What is printed when the stack is up: commands to paste that walk through the main job."""

import secrets

from infra.demo import NAMES, phone_of
from infra.local.stack import Description

CALL = ".venv/bin/python -m infra.call"
TEXT = """
Throughline is up: {api_url}
  a site that uses it    {playground_url}
  tokens and addresses   {folder}/stack.json
  what the functions log {folder}/logs/functions.log
  who saw which record   {folder}/logs/audit.log
  stop                   Ctrl-C here, or make stop

Paste these into another terminal, in this folder. {name} calls from a number that is known; the
flow learns what has been told before, and what is left to ask:

  {call} POST /contacts '{{"channel": "voice", "direction": "inbound", "provider": "demo",
    "provider_contact_id": "{{new}}", "from": {{"type": "phone", "value": "{phone}"}},
    "need": ["account_number", "postcode", "reason"]}}' --as ivr

What the caller keys in and says is saved:

  {call} PATCH '/contacts/{{contact_id}}/facts' '{{"facts": {{
    "postcode": {{"value": "LS1 4AP", "source": "ivr"}},
    "reason": {{"value": "broadband is down", "source": "ivr"}}}}}}' --as ivr

And it is on the agent's screen, with the customer's record and history. (Then paste the first
command once more: there is nothing left to ask.)

  {call} GET '/contacts/{{contact_id}}/screen-pop' --as agent

The same from an Amazon Connect flow, by its Lambda functions:

  {call} --lambda connect_lookup --from {phone} \\
    --contact {contact} need=account_number,language
  {call} --lambda connect_save_facts --from {phone} \\
    --contact {contact} reason='a bill' language=en-GB
  {call} GET '/contacts/{{contact_id}}/screen-pop' --as agent
"""


def walkthrough(description: Description, folder: str) -> str:
    """The text, with what it takes from the running stack filled in."""
    return TEXT.format(
        api_url=description["api_url"],
        playground_url=description["playground_url"],
        folder=folder,
        call=CALL,
        name=NAMES[0],
        phone=phone_of(1),
        contact=f"connect-{secrets.token_hex(4)}",
    )
