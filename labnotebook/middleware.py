"""Lead a person back from an address that only takes forms."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

Answer = Callable[[HttpRequest], HttpResponse]


def lead_back_from_forms(get_response: Answer) -> Answer:
    """Answer a reload or bookmark of a form's address with the page that the form stands on.

    A refused form is shown under the address that it was sent to, ``/b/NC-0001/state/``; what is asked
    for by GET is then ``/b/NC-0001/``. Scripts, and the API, keep their 405.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_visit = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        if response.status_code == 405 and is_visit and not request.path.startswith("/api/"):
            return HttpResponseRedirect(request.path.rstrip("/").rpartition("/")[0] + "/")
        return response

    return answer
