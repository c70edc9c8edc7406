"""Archives of several cards, with the printed document of each card."""

from collections.abc import Iterator, Sequence

from cardwright.core.archive import Archive, ArchiveLine
from cardwright.storage.engines.database import Connection

_COLUMNS = "archive_id, user_name, format, created_at, worked_at"
_INSERT = f"""
    INSERT INTO archives (account_id, {_COLUMNS})
    VALUES (:account, :archive_id, :user, :format, :created_at, :worked_at)"""
_FIND = f"SELECT {_COLUMNS} FROM archives WHERE account_id = :account AND archive_id = :archive_id"
_ADD = """
    INSERT INTO archive_files (account_id, archive_id, card_name) VALUES (:account, :archive_id, :card_name)"""
_LINES = """
    SELECT card_name, file_name, reason FROM archive_files WHERE account_id = :account AND archive_id = :archive_id
    ORDER BY card_name"""
_STORE = """
    UPDATE archive_files SET file_name = :file_name, data = :data, reason = :reason
    WHERE account_id = :account AND archive_id = :archive_id AND card_name = :card_name"""
_TOUCH = "UPDATE archives SET worked_at = :at WHERE account_id = :account AND archive_id = :archive_id"
_DATA = """
    SELECT data FROM archive_files
    WHERE account_id = :account AND archive_id = :archive_id AND card_name = :card_name AND data IS NOT NULL"""
_OLD = "SELECT archive_id FROM archives WHERE account_id = :account AND created_at < :before"
_DELETE = tuple(
    f"DELETE FROM {table} WHERE account_id = :account AND archive_id = :archive_id"
    for table in ("archive_files", "archives")
)


class ArchiveTable:
    """The archives of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def insert(self, archive: Archive, names: Sequence[str]) -> None:
        """Add an archive of cards that are not printed yet."""
        self._connection.run(_INSERT, self._of(archive.archive_id) | archive._asdict())
        for name in names:
            self._connection.run(_ADD, self._of(archive.archive_id) | {"card_name": name})

    def find(self, archive_id: str) -> Archive | None:
        row = self._connection.row(_FIND, self._of(archive_id))
        return None if row is None else Archive._make(row)

    def lines(self, archive_id: str) -> list[ArchiveLine]:
        """Return the cards of an archive, by name."""
        return [ArchiveLine._make(row) for row in self._connection.rows(_LINES, self._of(archive_id))]

    def store(self, archive_id: str, line: ArchiveLine, data: bytes | None, at: int) -> None:
        """Store the document of a card, or the reason why there is none."""
        self._connection.run(_STORE, self._of(archive_id) | line._asdict() | {"data": data})
        self._connection.run(_TOUCH, self._of(archive_id) | {"at": at})

    def touch(self, archive_id: str, at: int) -> None:
        """Note that work on an archive goes on."""
        self._connection.run(_TOUCH, self._of(archive_id) | {"at": at})

    def documents(self, archive_id: str) -> Iterator[tuple[str, bytes]]:
        """Yield the file names and documents of an archive."""
        for line in self.lines(archive_id):
            row = self._connection.row(_DATA, self._of(archive_id) | {"card_name": line.card_name})
            if row is not None and line.file_name is not None:
                yield line.file_name, bytes(row[0])

    def delete_old(self, before: int) -> None:
        """Delete the archives that began before a time."""
        for (archive_id,) in self._connection.rows(_OLD, {"account": self._account, "before": before}):
            for statement in _DELETE:
                self._connection.run(statement, self._of(archive_id))

    def _of(self, archive_id: str) -> dict[str, object]:
        return {"account": self._account, "archive_id": archive_id}
