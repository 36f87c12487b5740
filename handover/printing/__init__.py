"""Documents on paper: certificate, handover receipt, recovery kit. Facts in, PDF bytes out; no database, no clock.

certificate.py, receipt.py and recovery_kit.py are what other files use; render.py is the only caller of WeasyPrint.
"""
