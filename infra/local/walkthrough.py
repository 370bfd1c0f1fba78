"""What is printed when the stack is up: commands to paste that walk through the main job."""

from infra.demo import FIRST_ACCOUNT, NAMES, phone_of
from infra.local.stack import Description

CALL = ".venv/bin/python -m infra.call"
TEXT = """
Throughline is up: {api_url}
  tokens and addresses   {folder}/stack.json
  what the functions log {folder}/logs/functions.log
  stop                   Ctrl-C here, or make stop

Paste these into another terminal, in this folder. {name} calls from a known number; the IVR asks
for an account number and a reason only if nobody has told them yet:

  {call} POST /contacts '{{"channel": "voice", "direction": "inbound", "provider": "demo",
    "provider_contact_id": "{{new}}", "from": {{"type": "phone", "value": "{phone}"}},
    "need": ["account_number", "date_of_birth", "reason"]}}' --as ivr

What the caller keys in is saved:

  {call} PATCH '/contacts/{{contact_id}}/facts' '{{"facts": {{
    "account_number": {{"value": "{account}", "source": "ivr"}},
    "reason": {{"value": "broadband is down", "source": "ivr"}}}}}}' --as ivr

And it is on the agent's screen, with the customer's record and history:

  {call} GET '/contacts/{{contact_id}}/screen-pop' --as agent

The same from an Amazon Connect flow, by its Lambda functions:

  {call} --lambda connect_lookup --from {phone} --contact walk-through-1 need=account_number,reason
  {call} --lambda connect_save_facts --from {phone} --contact walk-through-1 account_number={account} reason=billing
  {call} GET '/contacts/{{contact_id}}/screen-pop' --as agent
"""


def walkthrough(description: Description, folder: str) -> str:
    """The text, with what it takes from the running stack filled in."""
    return TEXT.format(
        api_url=description["api_url"],
        folder=folder,
        call=CALL,
        name=NAMES[0],
        phone=phone_of(1),
        account=FIRST_ACCOUNT + 1,
    )
