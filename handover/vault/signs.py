"""Signs of other kinds inside a file that claims to be one of ours."""

import re

import magic

# First tokens by which browsers take a text for markup (WHATWG MIME Sniffing, "unknown MIME type"), and SVG.
_MARKUP = re.compile(
    rb"\s*<(!doctype|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--|\?xml|svg)[\s>\-\[]", re.I
)
# Long enough never to come about by chance in compressed data (7 bytes and more).
_ACTIVE = re.compile(rb"<script[\s>]|<iframe[\s>]|<!doctype html|<\?php\s", re.I)
_ZIP_END = b"PK\x05\x06"
_ZIP_END_SIZE = 22
_PDF_HEAD = 1024  # bytes in which readers look for a PDF's beginning (PDF 1.7, implementation note 13)


# Addresses that a press hands to something else than a page or a mail. ms-msdt and search-ms were used to run programs
# from documents (CVE-2022-30190).
_PROGRAM = re.compile(
    r"(javascript|vbscript|livescript|data|jar|view-source|mhtml|mk|its|hcp|res|shell|search|search-ms|ms-[a-z-]+):"
)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:|[\\/]{2}")
_SPACE = re.compile(r"[\x00-\x20\x7f-\xa0]")


def plain_address(address: str) -> str:
    """The address as readers take it: they leave out line ends, tabs and the like, also in the middle of a word."""
    return _SPACE.sub("", address).lower()


def starts_program(address: str) -> bool:
    """Whether following this address runs something."""
    return _PROGRAM.match(plain_address(address)) is not None


def is_address(target: str) -> bool:
    """Whether this leads out of a file: an address with a scheme, or a share."""
    return _ADDRESS.match(plain_address(target)) is not None


def markup(head: bytes) -> bool:
    """Whether a browser left alone would show these bytes as a page or drawing."""
    return _MARKUP.match(head) is not None


def active(data: bytes) -> bool:
    """Whether a script for a browser or a server stands anywhere in the bytes."""
    return _ACTIVE.search(data) is not None


def zip_end(data: bytes) -> bool:
    """Whether a zip archive ends where the bytes end: zip readers look from the end and ignore what stands before."""
    position = data.rfind(_ZIP_END, max(0, len(data) - 65_535 - _ZIP_END_SIZE))
    while position >= 0:
        comment = int.from_bytes(data[position + 20 : position + 22], "little")
        if position + _ZIP_END_SIZE + comment == len(data):
            return True
        position = data.rfind(_ZIP_END, 0, position)
    return False


def pdf_head(data: bytes) -> bool:
    """Whether a PDF reader would find a beginning."""
    return b"%PDF-" in data[:_PDF_HEAD]


def old_office(data: bytes) -> str:
    """Code for the container of the old Office formats, which password-protected new ones also use; or ""."""
    if not data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return ""
    return "office_password" if "EncryptedPackage".encode("utf-16-le") in data else "kind_old_office"


def libmagic(data: bytes) -> str:
    """What an independent judge calls it: a content type."""
    return str(magic.from_buffer(data[:65_536], mime=True))
