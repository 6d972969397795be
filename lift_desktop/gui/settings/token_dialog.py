"""Asks for the access token that some models want, and keeps it in the keyring; shows it never."""

from __future__ import annotations

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ...models import forget_token, store_token
from ..context import Context
from ..icons import icon
from ..problems import ErrorBar
from .parts import text

TOKENS_PAGE = "https://huggingface.co/settings/tokens"
LICENCE_PAGE = "https://huggingface.co/{0}"


class TokenDialog(QDialog):
    """`repository` names the model whose licence must be accepted ("": any); `why` says what went wrong without one."""

    stored = Signal()

    def __init__(self, context: Context, repository: str = "", why: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setWindowTitle(self.tr("Access token"))
        self.errors = ErrorBar()
        self.token = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self.token.setAccessibleName(self.tr("Access token"))
        self.token.setPlaceholderText("hf_…")
        self.token.textChanged.connect(self._offer)
        self._buttons = QDialogButtonBox()
        self.keep_button = self._buttons.addButton(self.tr("&Keep"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.forget_button = self._buttons.addButton(
            self.tr("&Forget the token"), QDialogButtonBox.ButtonRole.DestructiveRole
        )
        cancel = self._buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.keep_button.clicked.connect(self._keep)
        self.forget_button.clicked.connect(self._forget)
        cancel.clicked.connect(self.reject)
        self._lay_out(repository, why)
        self._offer()

    def _lay_out(self, repository: str, why: str) -> None:
        rows = QVBoxLayout(self)
        if why:
            rows.addWidget(text(why, "heading"))
        said = self.tr(
            "Some models are given only to those who accepted their licence. Sign in at huggingface.co, accept the "
            "licence on the model’s page, and make an access token of the kind “read”. Paste it here."
        )
        rows.addWidget(text(said))
        pages = QHBoxLayout()
        if repository:
            self.licence_button = self._page_button(
                self.tr("Open the model’s page"), LICENCE_PAGE.format(repository), pages
            )
        self.tokens_button = self._page_button(self.tr("Open the page for tokens"), TOKENS_PAGE, pages)
        pages.addStretch(1)
        rows.addLayout(pages)
        rows.addWidget(self.token)
        rows.addWidget(self.errors)
        note = self.tr(
            "It is kept in the keyring of your computer, and sent to the model hub alone, when such a model is "
            "downloaded. These pages open in your browser."
        )
        rows.addWidget(text(note, "muted"))
        rows.addStretch(1)
        rows.addWidget(self._buttons)
        letters = self.fontMetrics()
        self.resize(letters.averageCharWidth() * 72, letters.lineSpacing() * 17)

    def _page_button(self, words: str, address: str, line: QHBoxLayout) -> QPushButton:
        button = QPushButton(icon("link"), words)
        button.setToolTip(address)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(address)))
        line.addWidget(button)
        return button

    @Slot()
    def _offer(self) -> None:
        self.keep_button.setEnabled(bool(self.token.text().strip()))
        self.keep_button.setDefault(True)

    @Slot()
    def _keep(self) -> None:
        """In a thread: a locked keyring asks the user first."""
        self.errors.clear()
        self.setEnabled(False)
        token = self.token.text()
        task = self._context.tasks.run("keep the token", lambda: store_token(token))
        task.done.connect(self._kept)
        task.failed.connect(self.errors.show_error)
        task.ended.connect(self._enable)

    @Slot()
    def _kept(self) -> None:
        self.token.clear()
        self.accept()
        self.stored.emit()

    @Slot()
    def _forget(self) -> None:
        self.errors.clear()
        self.setEnabled(False)
        task = self._context.tasks.run("forget the token", forget_token)
        task.done.connect(self._forgotten)
        task.failed.connect(self.errors.show_error)
        task.ended.connect(self._enable)

    @Slot(object)
    def _forgotten(self, had_one: bool) -> None:
        words = self.tr("The access token is forgotten.") if had_one else self.tr("There was no access token.")
        self._context.hub.said.emit(words)
        self.accept()

    @Slot()
    def _enable(self) -> None:
        self.setEnabled(True)
