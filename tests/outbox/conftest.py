"""The registration that the notices of these tests are about."""

from tests.handover.conftest import held

__all__ = ["held"]
