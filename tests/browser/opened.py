"""A page that is watched from before it loads, and what is read off one."""

from __future__ import annotations

from playwright.sync_api import ConsoleMessage, Dialog, Page, Request, Route

__all__ = ["Opened", "names_shown", "scrolls_sideways"]


class Opened:
    """A `page` with what it must not do: `errors` of its scripts and console, `dialogs`, and `requests` besides its own file."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.errors: list[str] = []
        self.dialogs: list[str] = []
        self.requests: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", self._dialog)
        page.on("request", self._request)
        page.context.route("**/*", self._route)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        if not request.url.startswith("data:image/"):
            self.requests.append(request.url.partition("#")[0])

    def _route(self, route: Route) -> None:
        if route.request.url.partition("#")[0] == self.address:
            route.continue_()
        else:
            route.abort()


def names_shown(page: Page) -> list[str]:
    """The names of the cases whose rows are in the page, from the top."""
    rows = "found => found.sort((one, other) => one.offsetTop - other.offsetTop)"
    rows += ".map(row => row.querySelector('.names').firstChild.textContent)"
    return page.locator("#list").get_by_role("option").evaluate_all(rows)


def scrolls_sideways(page: Page) -> bool:
    """Whether any of the page's body lies beyond its sides."""
    return page.evaluate("Math.max(document.body.scrollWidth, document.documentElement.scrollWidth) > document.documentElement.clientWidth")
