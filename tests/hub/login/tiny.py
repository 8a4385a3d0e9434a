"""For the hub under test: a Proxy that routes nothing (tests talk to the hub's own port) and servers that are a thread."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from jupyterhub.proxy import Proxy
from jupyterhub.spawner import Spawner


class TinyProxy(Proxy):
    should_start = False

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.routes = {}

    async def add_route(self, routespec, target, data):
        self.routes[routespec] = {"routespec": routespec, "target": target, "data": data}

    async def delete_route(self, routespec):
        self.routes.pop(routespec, None)

    async def get_all_routes(self):
        return self.routes


class Says200(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


class TinySpawner(Spawner):
    web = None

    async def start(self):
        self.web = ThreadingHTTPServer(("127.0.0.1", 0), Says200)
        Thread(target=self.web.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return "127.0.0.1", self.web.server_port

    async def stop(self, now=False):
        if self.web is not None:
            self.web.shutdown()
            self.web.server_close()
            self.web = None

    async def poll(self):
        return None if self.web is not None else 0
