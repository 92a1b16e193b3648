# hearthd in the guest, and its clients.
export HEARTH_RUNTIME_DIR=/run/hearth
hearthd=

# start CONFIG [USER]: hearthd, until it says that it is ready; without it there is nothing to check.
start() {
  mkdir -p /var/lib/hearth $HEARTH_RUNTIME_DIR
  chown -R ${2:-root} /var/lib/hearth $HEARTH_RUNTIME_DIR
  log=/var/hearthd.$(($(ls /var | grep -c hearthd) + 1)).log
  touch $log
  chmod 666 $log
  command="exec /usr/bin/hearthd --config $1 --state-dir /var/lib/hearth --runtime-dir $HEARTH_RUNTIME_DIR --plugin-dir /plugins"
  su -s /bin/sh -c "$command >>$log 2>&1" ${2:-root} &
  hearthd=$!
  if wait_for 20 grep -q 'hearthd ready' $log; then
    look
    return
  fi
  wrong "hearthd isn't ready: $(tail -n 3 $log)"
  finish
  exit 1
}

# stop: SIGTERM, and until it has ended in good order.
stop() {
  kill $hearthd
  if wait_for 10 gone; then
    wait $hearthd || wrong "hearthd's exit status is $?"
  else
    wrong "hearthd still runs after SIGTERM"
  fi
}
gone() { ! kill -0 $hearthd; }

ctl() { hearthctl "$@" 2>&1; }

# look: what hearthctl says of all lights, for shown and athome: a program is slow to start here.
look() { ctl devices --json >/tmp/devices; }

# shown LIGHT KEY: number, reachable or reason, when somebody looked last.
shown() {
  awk -v id="\"id\": \"gpio_led:$1\"" -v key="\"$2\": " '
    index($0, "\"id\": ") { here = index($0, id) }
    here && (at = index($0, key)) { print substr($0, at + length(key)); exit }' /tmp/devices | sed 's/,$//; s/^"\(.*\)"$/\1/'
}
reachable() { look; [ "$(shown $1 reachable)" = true ]; }
unreachable() { look; [ "$(shown $1 reachable)" = false ]; }

# athome REQUEST LIGHT: the answer's code, when the device has done it.
athome() {
  printf '{"request":"%s","args":{"device-id":"%s"}}' $1 "$(shown $2 number)" | nc 127.0.0.1 9999 |
    sed 's/.*"result-code": *\([0-9]*\).*/\1/'
}

# cpu_us [THREAD]: processor time that hearthd has used so far, or its threads of that name, in microseconds.
cpu_us() {
  for task in /proc/$hearthd/task/*; do
    [ -n "${1:-}" ] && [ "$(cat $task/comm)" != "$1" ] || cat $task/schedstat
  done | awk '{ ns += $1 } END { printf "%d", ns / 1000 }'
}
