"""An HTTP client that comes again where it is told to: on a busy machine the store may be slow to answer."""

from http import HTTPStatus

import httpx
from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt, wait_exponential

TRIES, LONGEST_PAUSE_SECONDS = 8, 8.0


class ComingAgain(httpx.HTTPTransport):
    """Sends again, as it was, what was answered with 503; the last answer counts."""

    def __init__(self, tries: int = TRIES, longest_pause: float = LONGEST_PAUSE_SECONDS) -> None:
        super().__init__()
        self._patiently = Retrying(
            retry=retry_if_result(lambda answer: answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE),
            stop=stop_after_attempt(tries),
            wait=wait_exponential(max=longest_pause),
            before_sleep=_let_go,
            retry_error_callback=_last_answer,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer: httpx.Response = self._patiently(super().handle_request, request)
        return answer


def _let_go(state: RetryCallState) -> None:
    """An answer that is not read keeps its connection."""
    if state.outcome:
        state.outcome.result().close()


def _last_answer(state: RetryCallState) -> httpx.Response | None:
    return state.outcome.result() if state.outcome else None
