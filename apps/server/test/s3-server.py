"""An S3 server that checks signatures: Debian's OpenStack Swift with s3api and tempauth, all four parts in one process.

Usage: s3-server.py FOLDER ACCESS_KEY_ID SECRET_ACCESS_KEY REGION
Keeps everything in FOLDER, needs no rights and no other service; prints `port N` when it answers on 127.0.0.1.
Ends when its standard input does, so that it never outlives a test.
"""
import os
import sys
from time import monotonic

import eventlet

eventlet.patcher.monkey_patch(all=False, socket=True, select=True, thread=True)

from eventlet import listen, spawn, wsgi
from swift.common import utils

folder, access_key_id, secret_access_key, region = sys.argv[1:]
account, user = access_key_id.split(":")


def write(name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


# Before anything else of Swift is loaded: it reads this file at import, and /etc/swift may be closed to us.
write("swift.conf", "[swift-hash]\nswift_hash_path_suffix = test\n[storage-policy:0]\nname = only\ndefault = yes\n")
utils.set_swift_dir(folder)

from swift.common.ring import RingBuilder
from swift.common.storage_policy import reload_storage_policies
from swift.common.wsgi import loadapp

reload_storage_policies()
os.makedirs(os.path.join(folder, "devices", "d1"))
common = f"""[DEFAULT]
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
disable_fallocate = true
fallocate_reserve = 0
log_level = CRITICAL
log_address = {folder}/nowhere
"""
sockets = {}
for kind in ("account", "container", "object"):
    sockets[kind] = listen(("127.0.0.1", 0), backlog=512)
    builder = RingBuilder(0, 1, 0)
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1, "ip": "127.0.0.1", "port": sockets[kind].getsockname()[1], "device": "d1"})
    builder.rebalance()
    builder.get_ring().save(os.path.join(folder, f"{kind}.ring.gz"))
sockets["proxy"] = listen(("127.0.0.1", 0), backlog=512)

proxy = f"""
[pipeline:main]
pipeline = catch_errors gatekeeper listing_formats s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
location = {region}
storage_domain = s3.test
[filter:tempauth]
use = egg:swift#tempauth
user_{account}_{user} = {secret_access_key} .admin
[filter:slo]
use = egg:swift#slo
"""


class Cache:
    """Stands in for memcached, which tempauth insists on."""

    def __init__(self):
        self.kept = {}

    def get(self, key, *_, **__):
        value, until = self.kept.get(key, (None, 0))
        return value if until > monotonic() else None

    def set(self, key, value, time=0, **_):
        self.kept[key] = (value, monotonic() + (time or 3600))

    def delete(self, key, **_):
        self.kept.pop(key, None)


def with_cache(app, cache=Cache()):
    return lambda env, start_response: app({**env, "swift.cache": cache}, start_response)


logger = utils.NullLogger()
for kind, socket in sockets.items():
    own = proxy if kind == "proxy" else f"[app:main]\nuse = egg:swift#{kind}\n"
    app = loadapp(write(f"{kind}.conf", common + own), global_conf={"log_name": kind})
    spawn(wsgi.server, socket, with_cache(app), logger, log_output=False, custom_pool=eventlet.GreenPool(512))

print("port", sockets["proxy"].getsockname()[1], flush=True)
# Reading in a thread of the system: the loop goes on meanwhile.
eventlet.tpool.execute(sys.stdin.read)
os._exit(0)
