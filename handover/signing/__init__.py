"""Signatures on certificates: made with a key of the installation, and judged strictly.

pyHanko takes half a second to load, so it is loaded with the first signature, as the renderer with the first page.
"""
