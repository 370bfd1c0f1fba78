"""The rooms of chats that this process wrote to last: the next message there needs no read."""

from chalicelib.models.chats import Room

REMEMBERED = 200


class Rooms:
    """Rooms as they were left, by their partition: a bounded number, the oldest goes first.

    What is remembered may be old. It is for a transaction that holds on all that it relies on, and never for
    turning somebody away. Whoever takes a room keeps it again when that went through: so a try that
    failed, however it did, leaves nothing behind, and the next one reads.
    """

    def __init__(self) -> None:
        self._rooms = dict[str, Room]()

    def take(self, partition: str) -> Room | None:
        return self._rooms.pop(partition, None)

    def keep(self, room: Room) -> None:
        self._rooms[room.contact.PK] = room
        if len(self._rooms) > REMEMBERED:
            del self._rooms[next(iter(self._rooms))]
