"""Copy one clinic into the ledger of another engine, and put it on the list there. The source keeps the clinic."""

from pathlib import Path

from server.errors import NotMoved
from server.ledger.clock import utc_now
from server.ledger.engine.sqlite.folder import SqliteFolder
from server.ledger.move_sides import Relation, Side, relation_of
from server.ledger.move_target import (
    MovedClinic,
    Target,
    Tell,
    only_move,
    other_books,
    other_rows,
    refuse_other_files,
    remove_leftovers,
    take_out,
    written_to,
)
from server.ledger.objects.object_places import FolderPlaces
from server.ledger.store import Ledger, databases_of
from server.storage import Storage


def copy_clinic(folder: Path, storage: Storage, target: Target, clinic_id: str, tell: Tell) -> MovedClinic:
    """Copy one clinic into the ledger of the target, which is made if there is none, and put it on its list.

    The source keeps the clinic. Raises what ``move_ledger`` does, UnknownClinic, and NotRestored.
    """
    if target.folder.resolve() == folder.resolve():
        raise NotMoved(
            "Two ledgers cannot have their documents in one folder.",
            "Name another ledger folder for the copy.",
        )
    with written_to(target), only_move(storage, target, with_owner=target.database is not None) as stage:
        source = Ledger.open_existing(folder, storage)
        source.clinic(clinic_id)  # refuses an id that is not on the list
        entry = next(one for one in source.clinics() if one.id == clinic_id)
        refuse_other_files(target, {clinic_id}, stage)
        remove_leftovers(stage)
        there = Ledger(target.folder, storage=Storage(target.database))
        own = _own_side(target)
        of_source = _own_side(Target(folder, storage.database)).clinic(clinic_id)
        found = relation_of(own.clinic(clinic_id), of_source)
        if clinic_id in {one.id for one in there.clinics()}:
            if found is not Relation.SAME:
                raise other_books(target, clinic_id)
            tell(f"{entry.name} is there already.")
            return MovedClinic(entry, own.verify_clinic(clinic_id), was_there=True)
        if found in {
            Relation.SAME,
            Relation.BEHIND,
        }:  # an earlier command was ended before it put the clinic on the list
            take_out(own, own.clinic(clinic_id).move_out, stage)
        elif found is not Relation.MISSING:
            raise other_books(target, clinic_id)
        tell(f"Copying {entry.name} …")
        export = stage / "export"
        source.export(clinic_id, export)
        copied = Side(SqliteFolder(export), FolderPlaces(export, utc_now), utc_now).verify_clinic(clinic_id)
        there.restore(export, clinic_id)
        if own.verify_clinic(clinic_id) != copied:
            raise other_rows(entry)
        return MovedClinic(entry, copied)


def _own_side(target: Target) -> Side:
    databases = databases_of(target.folder, target.database)
    return Side(databases, FolderPlaces(target.folder, utc_now), utc_now)
