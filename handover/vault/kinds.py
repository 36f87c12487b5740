"""Which kinds of file are taken as papers, under which name, and the words for each refusal."""

import re
import unicodedata
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from handover.vault.limits import CONTENT_TYPES, MAX_FILE_SIZE

__all__ = ["MAX_FILE_SIZE", "REFUSALS", "Kind", "Refusal", "clean_name", "kind_of_name", "refusal_of_name"]

MAX_NAME = 120  # characters; with 4 bytes each and the ending it still fits the 255 bytes file systems allow
MAX_NAME_BYTES = 240


class Kind(TextChoices):
    """Kinds on the allow-list."""

    PDF = "pdf", _("PDF")
    PNG = "png", _("Picture (PNG)")
    JPG = "jpg", _("Picture (JPEG)")
    DOCX = "docx", _("Word document")
    XLSX = "xlsx", _("Excel workbook")
    TXT = "txt", _("Text")
    CSV = "csv", _("Table (CSV)")

    @property
    def content_type(self) -> str:
        """The type it is served as, always as an attachment."""
        return CONTENT_TYPES[self.value]


@dataclass(frozen=True)
class Refusal:
    """Why a file is not taken, and what the reader can do instead; both are translated when shown."""

    code: str
    reason: Promise
    advice: Promise

    @property
    def words(self) -> str:
        """Reason and advice as one text; between Japanese sentences there is no blank."""
        return f"{self.reason}{'' if get_language() == 'ja' else ' '}{self.advice}"


_AS_PDF = _("Open it in the program it was made with, choose “Print” or “Save as”, then PDF, and upload that PDF.")
_PRINT_AGAIN = _("Open it, choose “Print”, then “Save as PDF”, and upload the new PDF.")
_PICTURE_AGAIN = _("Open the picture, save it again as JPEG or PNG or take a screenshot, and upload that.")
_OFFICE_AS_PDF = _("Save it as PDF (“File”, “Save as”, PDF) and upload that PDF.")
_ONE_BY_ONE = _("Upload the files one by one, as PDF, picture (PNG, JPEG), docx, xlsx, txt or csv.")
_TEXT_AGAIN = _("Save it again as text with the encoding UTF-8 and upload that.")

_WORDS: dict[str, tuple[Promise, Promise]] = {
    "empty": (_("The file is empty."), _("Check that it opens on your side, and upload it again.")),
    "too_large": (
        _("The file is larger than 25 MiB."),
        _("Split it into parts, or save it as PDF with smaller pictures, and upload that."),
    ),
    "too_many": (_("Too many files at once."), _("Upload at most forty files at a time.")),
    "too_large_together": (
        _("The files are larger than 200 MiB together."),
        _("Take the pictures with fewer pixels, or add them as several papers."),
    ),
    "unchecked": (
        _("The file could not be checked, so it was not stored."),
        _("It may be damaged or unusually complex. Save it again as PDF and upload that PDF."),
    ),
    "not_stored": (
        _("The file could not be stored just now."),
        _("Nothing was changed. Upload it again in a few minutes, and call us if it happens again."),
    ),
    "damaged": (_("The file is damaged or incomplete."), _AS_PDF),
    "mismatch": (
        _("The ending of the name and the content do not agree."),
        _("Do not rename files to another ending. Upload the original, or save it as PDF."),
    ),
    "two_kinds": (_("The file is of two kinds at once, which can hide something."), _PRINT_AGAIN),
    "trailing_data": (_("After its end the file holds other data, which can hide something."), _PICTURE_AGAIN),
    "kind_unknown": (_("Files of this kind are not taken."), _AS_PDF),
    "kind_archive": (_("Archives such as zip are not taken."), _ONE_BY_ONE),
    "kind_old_office": (_("The old Office formats doc, xls and ppt are not taken."), _OFFICE_AS_PDF),
    "kind_macros": (_("Office files with macros are not taken."), _OFFICE_AS_PDF),
    "kind_mail": (_("Mail files are not taken."), _("Print the mail as PDF, save its attachments, and upload these.")),
    "kind_web": (_("Web pages and SVG drawings are not taken."), _PRINT_AGAIN),
    "kind_photo": (_("This photo format is not taken."), _("Save the photo as JPEG and upload that.")),
    "pdf_password": (
        _("The PDF is protected by a password or by restrictions."),
        _("Open it with its password, choose “Print”, then “Save as PDF”, and upload the new PDF."),
    ),
    "pdf_script": (_("The PDF contains a program (JavaScript)."), _PRINT_AGAIN),
    "pdf_launch": (_("The PDF can start other programs."), _PRINT_AGAIN),
    "pdf_sends": (_("The PDF contains a form that sends or fetches data."), _PRINT_AGAIN),
    "pdf_attachment": (
        _("The PDF contains other files."),
        _("Save the attached files and upload them one by one; print the PDF itself as a new PDF."),
    ),
    "pdf_media": (_("The PDF contains film, sound or other moving content."), _PRINT_AGAIN),
    "pdf_xfa": (_("The PDF is a form of a kind that is not taken (XFA)."), _PRINT_AGAIN),
    "pdf_elsewhere": (_("The PDF opens other files."), _PRINT_AGAIN),
    "picture_too_large": (
        _("The picture has more than 40 million pixels."),
        _("Save it smaller, or scan it with at most 400 dpi."),
    ),
    "picture_moving": (_("The picture is moving."), _("Take a screenshot of the page you want to keep.")),
    "office_password": (
        _("The Office file is protected by a password."),
        _("Remove the password (“File”, “Info”, “Protect”) or save it as PDF, and upload that."),
    ),
    "office_embedded": (_("The Office file contains other files or controls."), _OFFICE_AS_PDF),
    "office_external": (_("The Office file fetches content from elsewhere."), _OFFICE_AS_PDF),
    "office_dtd": (_("The Office file holds definitions that no Office program writes."), _OFFICE_AS_PDF),
    "office_unpacks": (_("The Office file unpacks to far more than its size."), _OFFICE_AS_PDF),
    "text_encoding": (_("The text is in an encoding that is not taken (UTF-8, UTF-16, Shift_JIS)."), _TEXT_AGAIN),
    "text_control": (_("The file is not plain text: it holds control characters."), _TEXT_AGAIN),
}
REFUSALS = {code: Refusal(code, reason, advice) for code, (reason, advice) in _WORDS.items()}

_ENDINGS: dict[str, Kind] = {kind.value: kind for kind in Kind} | {"jpeg": Kind.JPG}
_REFUSED_ENDINGS = {
    "kind_archive": "zip 7z rar lzh gz tgz tar bz2 xz cab iso",
    "kind_old_office": "doc xls ppt dot xlt pps",
    "kind_macros": "docm xlsm dotm xltm xlsb xlam pptm",
    "kind_mail": "eml msg mbox emlx",
    "kind_web": "svg svgz html htm xhtml mht mhtml xml",
    "kind_photo": "heic heif webp tif tiff gif bmp avif raw dng",
}
_CODE_OF_ENDING = {ending: code for code, endings in _REFUSED_ENDINGS.items() for ending in endings.split()}


def kind_of_name(name: str) -> Kind | None:
    """The kind that the ending of the name promises, or None."""
    return _ENDINGS.get(_ending(name))


def refusal_of_name(name: str) -> Refusal | None:
    """Why a file of this name is not taken whatever it contains, or None."""
    if kind_of_name(name) is not None:
        return None
    return REFUSALS[_CODE_OF_ENDING.get(_ending(name), "kind_unknown")]


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


# Composing these would replace a person's or a firm's variant of a kanji by the common one.
_COMPATIBILITY_KANJI = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]')


def clean_name(name: str) -> str:
    """
    The name as it is kept and shown: no folders, no control or direction marks, at most MAX_NAME characters.

    Kana that came decomposed (macOS) are composed; kanji with variation marks stay as they are.
    """
    name = re.split(r"[/\\]", name)[-1]
    runs = _COMPATIBILITY_KANJI.split(name)
    name = "".join(run if index % 2 else unicodedata.normalize("NFC", run) for index, run in enumerate(runs))
    # Cc control, Cf direction marks and other invisible ones, Cs halves of pairs, Zl and Zp line ends.
    name = "".join(char for char in name if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    name = _NOT_IN_NAMES.sub("_", name)
    name = re.sub(r"\s+", " ", name).rstrip(" .")
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        stem, dot, ending = name, "", ""
    stem = stem.strip(" .") or "file"
    while len(stem) + len(dot + ending) > MAX_NAME or len((stem + dot + ending).encode()) > MAX_NAME_BYTES:
        stem = stem[:-1]
    return stem + dot + ending
