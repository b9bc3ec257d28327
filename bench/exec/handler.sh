#!/bin/sh
# The least that a process can do with an event: read it, and answer.
cat >/dev/null
echo '{"result":"CHECKED: 1000.00"}'
