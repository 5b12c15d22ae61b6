"""What an instructor does in the Formgrader, by its buttons and fields."""

from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.screens.jupyter import Jupyter

GRADING = 120_000  # milliseconds for any of nbgrader's commands, on a busy machine


class Instructor:
    """An instructor in front of a browser."""

    def __init__(self, page: Page, server: Jupyter, assignment: str) -> None:
        self.page = page
        self.server = server
        self.assignment = assignment
        self.row = page.locator("#main-table tr")

    def open_lab(self) -> FrameLocator:
        """Open JupyterLab, and the Formgrader by its menu; return what is in its frame."""
        self.page.goto(self.server.address("lab"))
        expect(self.page.locator("#jupyterlab-splash")).to_have_count(0)
        self.page.get_by_role("menuitem", name="Nbgrader", exact=True).click()
        self.page.get_by_role("menuitem", name="Formgrader").click()
        self.page.keyboard.press("Control+B")  # the file browser makes room
        return self.page.frame_locator("iframe[src*=formgrader]")

    def open(self, path: str) -> None:
        """Open one of the Formgrader's pages by its own address."""
        self.page.goto(self.server.address(f"formgrader/{path}"))

    def open_assignments(self) -> None:
        """Open the table of assignments."""
        self.open("manage_assignments")
        expect(self.row.locator("td.name")).to_have_text(self.assignment)

    def open_submissions(self) -> None:
        """Open the table of an assignment's submissions."""
        self.open(f"manage_submissions/{self.assignment}")
        expect(self.row.locator("td.status")).not_to_be_empty()

    def press(self, column: str) -> Locator:
        """Press the button in a column of the only row; return the dialogue with the result."""
        self.row.locator(f"td.{column} a").click()
        dialog = self.page.locator(".modal.in .modal-content")
        expect(dialog).to_be_visible(timeout=GRADING)
        return dialog

    def close(self, dialog: Locator) -> None:
        """Close a dialogue."""
        dialog.locator(".modal-footer button").click()
        expect(self.page.locator(".modal-backdrop")).to_have_count(0)

    def open_notebook(self) -> None:
        """Go from the table of submissions to the graded notebook."""
        self.row.locator("td.student-name a").click()
        self.row.get_by_role("link", name=self.assignment, exact=True).click()

    def cell(self, item: str) -> Locator:
        """Return the graded cell of an item."""
        return self.page.locator(".code_cell").filter(has=self.page.locator(f"#{item}"))

    def score(self, item: str) -> Locator:
        """Return the field with an item's score."""
        return self.page.locator(f"#{item}")

    def show(self, item: str) -> None:
        """Scroll to a graded cell: below the bar at the top."""
        self.cell(item).evaluate("shown => scrollTo(0, $(shown).offset().top - 60)")

    def give(self, item: str, points: float) -> None:
        """Enter a score by hand, and wait until it is saved."""
        self.score(item).fill(str(points))
        with self.page.expect_response("**/formgrader/api/grade/*") as saved:
            self.score(item).blur()
        assert saved.value.ok

    def resolve(self, item: str) -> None:
        """Say that a score given by hand still holds, and wait until that is saved."""
        with self.page.expect_response("**/formgrader/api/grade/*") as saved:
            self.cell(item).get_by_role("button", name="Resolve").click()
        assert saved.value.ok
