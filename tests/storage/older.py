"""The store of an earlier schema, from which upgrades are tested.

``data/store-0008`` is a store that Cardwright made at revision 0008: the cards and the registry of the demo, cards of
package versions, a deleted card, an export job, a user and a revoked access key.
"""

import gzip
import shutil
from pathlib import Path

import sqlalchemy as sa

from cardwright.settings import Settings
from cardwright.storage import schema

DATA = Path(__file__).parent / "data" / "store-0008"
FIRST = "0008"


def restore(settings: Settings) -> None:
    """Put the store of revision 0008 where the settings say, on either engine."""
    settings.home.mkdir(parents=True)
    shutil.copy(DATA / "server.key", settings.home)
    (settings.home / "server.key").chmod(0o600)
    file = settings.home / "cardwright.db"
    file.write_bytes(gzip.decompress((DATA / "cardwright.db.gz").read_bytes()))
    if settings.database_url is not None:
        _copy(file, settings.database_url)
        file.unlink()


def _copy(file: Path, url: str) -> None:
    """Create the schema of revision 0008 on PostgreSQL, and insert the rows of the file."""
    source = sa.create_engine(f"sqlite:///{file}", poolclass=sa.NullPool)
    target = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.NullPool)
    tables = sa.MetaData()
    tables.reflect(source, only=lambda name, _: not name.startswith(("card_names", "card_words", "card_vocabulary")))
    with source.connect() as reading, target.begin() as writing:
        schema.upgrade(writing, FIRST)
        for table in tables.sorted_tables:
            rows = [dict(row) for row in reading.execute(table.select()).mappings()]
            if rows and table.name != "alembic_version":
                writing.execute(table.insert(), rows)
