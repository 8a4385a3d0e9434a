"""Names of services for pods: NAME.NAMESPACE.svc.cluster.local over UDP, from the API server's list of services."""

import socket
import struct
import sys
import threading
from pathlib import Path

from cluster import watching
from cluster.api import Api, Object

ADDRESS_RECORD, INTERNET = 1, 1
RESPONSE, AUTHORITATIVE, RECURSION_DESIRED, RECURSION_AVAILABLE, NO_SUCH_NAME = 0x8000, 0x0400, 0x0100, 0x0080, 3
DOMAIN = ".svc.cluster.local"


class Names:
    """Kept by a watch, so that a service is found the moment it is there."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._addresses: dict[str, str] = {}

    def address(self, name: str) -> str | None:
        return self._addresses.get(name)

    def follow(self) -> None:
        watching.for_ever(self._api, "/api/v1/services", self._take)

    def _take(self, kind: str, service: Object) -> None:
        name = f"{service['metadata']['name']}.{service['metadata']['namespace']}{DOMAIN}"
        address = service["spec"].get("clusterIP", "None")
        if kind == "DELETED" or address in ("None", ""):
            self._addresses.pop(name, None)
        else:
            self._addresses[name] = address


def answer(query: bytes, names: Names) -> bytes:
    """One question, one answer; a name that is known has no record of another kind, which is not the same as no name."""
    number, flags = struct.unpack("!HH", query[:4])
    name, end = _question(query)
    kind = struct.unpack("!H", query[end : end + 2])[0]
    address = names.address(name)
    records = b""
    if address and kind == ADDRESS_RECORD:
        records = b"\xc0\x0c" + struct.pack("!HHIH", ADDRESS_RECORD, INTERNET, 1, 4) + socket.inet_aton(address)
    said = RESPONSE | AUTHORITATIVE | RECURSION_AVAILABLE | (flags & RECURSION_DESIRED)
    said |= 0 if address else NO_SUCH_NAME
    return struct.pack("!HHHHHH", number, said, 1, 1 if records else 0, 0, 0) + query[12 : end + 4] + records


def _question(query: bytes) -> tuple[str, int]:
    """The name, lower case, and where its type begins."""
    parts, place = [], 12
    while length := query[place]:
        parts.append(query[place + 1 : place + 1 + length].decode("ascii", "replace").lower())
        place += 1 + length
    return ".".join(parts), place + 1


def main(kubeconfig: Path, address: str) -> None:
    names = Names(Api(kubeconfig))
    threading.Thread(target=names.follow, daemon=True).start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((address, 53))
        while True:
            query, who = server.recvfrom(4096)
            try:
                server.sendto(answer(query, names), who)
            except (IndexError, struct.error, OSError) as error:
                sys.stderr.write(f"{who}: {error}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
