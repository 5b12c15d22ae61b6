"""What a student does in JupyterLab, by its menus, buttons and cells."""

import re

from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.screens.jupyter import Jupyter

RUNNING = 120_000  # milliseconds for a whole notebook with its figures, on a busy machine
NUMBERED = re.compile(r"\[\d+\]")


class Student:
    """A student in front of a browser."""

    def __init__(self, page: Page, server: Jupyter, assignment: str) -> None:
        self.page = page
        self.server = server
        self.assignment = assignment
        self.notebook = page.locator(".jp-NotebookPanel")
        self.errors = self.notebook.locator(".jp-OutputArea-output", has_text="Traceback")
        self.list = {kind: page.locator(f"#{kind}_assignments_list") for kind in LISTS}

    def open_lab(self) -> None:
        """Open JupyterLab."""
        self.page.goto(self.server.address("lab"))
        expect(self.page.locator("#jupyterlab-splash")).to_have_count(0)

    def choose(self, menu: str, entry: str) -> None:
        """Choose an entry of a menu."""
        self.page.get_by_role("menuitem", name=menu, exact=True).click()
        self.page.get_by_role("menuitem", name=entry).click()

    def open_assignment_list(self) -> None:
        """Open the Assignment List."""
        self.choose("Nbgrader", "Assignment List")
        for kind in LISTS:
            expect(self.list[kind].locator(".list_loading")).to_be_hidden()

    def fetch(self) -> None:
        """Fetch the released assignment."""
        self.list["released"].get_by_role("button", name="Fetch").click()
        expect(self.list["fetched"].get_by_role("button", name="Submit")).to_be_visible()

    def open_notebook(self) -> None:
        """Open the fetched notebook from the list, and wait for its kernel."""
        self.list["fetched"].get_by_role("button", name=self.assignment).click()
        self.list["fetched"].get_by_role("link", name=self.assignment, exact=True).click()
        expect(self.page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()

    def cell(self, first_line: str) -> Locator:
        """Return the code cell that shows this line."""
        return self.notebook.locator(".jp-CodeCell").filter(has_text=first_line).first

    def write(self, first_line: str, text: str) -> None:
        """Paste a text over all of a cell."""
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.cell(first_line).locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Control+V")

    def show(self, shown: Locator) -> None:
        """Scroll until something is in the middle of the screen."""
        shown.evaluate("shown => shown.scrollIntoView({block: 'center'})")

    def run_all(self) -> None:
        """Restart the kernel and run all cells, to the last one or the first that fails."""
        self.choose("Kernel", "Restart Kernel and Run All Cells")
        self.page.get_by_role("button", name="Confirm Kernel Restart").click()
        last = self.notebook.locator(".jp-CodeCell .jp-InputArea .jp-InputPrompt").last
        done = last.filter(has_text=NUMBERED).or_(self.errors)
        expect(done.first).to_be_attached(timeout=RUNNING)

    def validate(self) -> Locator:
        """Press Validate, which saves the notebook first; return the dialogue."""
        self.notebook.get_by_role("button", name="Validate").click()
        dialog = self.page.get_by_role("dialog")
        expect(dialog).to_contain_text("Validation Results", timeout=RUNNING)
        return dialog

    def close(self, dialog: Locator) -> None:
        """Close a dialogue by its button."""
        dialog.get_by_role("button", name="Ok").click()
        expect(dialog).to_have_count(0)

    def submit(self) -> Locator:
        """Submit what was fetched; return the list of what was submitted."""
        self.page.get_by_role("tab", name="Assignments").click()
        self.list["fetched"].get_by_role("button", name="Submit").click()
        expect(self.list["submitted"].get_by_role("button", name="Fetch Feedback")).to_be_visible()
        return self.list["submitted"]

    def fetch_feedback(self) -> Locator:
        """Fetch the feedback of all submissions; return the link to it."""
        self.page.get_by_title("Refresh assignments list").click()
        submitted = self.list["submitted"]
        expect(submitted).to_contain_text("feedback available to fetch")
        submitted.get_by_role("button", name="Fetch Feedback").click()
        link = submitted.get_by_text("(view feedback)")
        expect(link).to_be_visible()
        return link

    def read_feedback(self, link: Locator) -> FrameLocator:
        """Go to the folder of the feedback, and open the page in it."""
        link.click()
        self.page.get_by_role("listitem", name=f"Name: {self.assignment}.html").dblclick()
        return self.page.frame_locator(".jp-HTMLViewer iframe")


LISTS = ("released", "fetched", "submitted")
