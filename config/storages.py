"""Static files by the hash of their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStatic(CompressedManifestStaticFilesStorage):
    """Which address a file has does not change while a server runs: it is worked out once for each name."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._addresses: dict[str, str] = {}

    def url(self, name: str | None, force: bool = False) -> str:
        """Return the address of the file `name`; `force` asks for the hashed one even while trying out."""
        if name is None or force:
            return super().url(name, force)
        found = self._addresses.get(name)
        if found is None:
            found = self._addresses[name] = super().url(name)
        return found

    def save_manifest(self) -> None:
        """Write down which file has which hash, and forget the addresses of before."""
        super().save_manifest()
        self._addresses.clear()
