# What the test outside reads: lines on descriptor 3, their parts divided by tabs.
#   pass NAME | fail NAME WORDS | figure WHAT VALUE | note WORDS | end
say() {
  line=$1
  shift
  for part; do line="$line	$part"; done
  echo "$line" >&3
}

# A check lasts until the next one; it has failed when something wanted didn't come.
name=
words=
check() {
  finish
  name=$1
  words=
}
finish() {
  [ -z "$name" ] && return
  if [ -z "$words" ]; then say pass "$name"; else say fail "$name" "$words"; fi
  name=
}
wrong() { words="$words${words:+; }$(echo "$*" | tr '\n\t' '  ')"; }

# want WHAT GOT EXPECTED
want() { [ "$2" = "$3" ] || wrong "$1 is '$2', not '$3'"; }

# says WHAT GOT PART...: it speaks of each part.
says() {
  what=$1
  got=$2
  shift 2
  for part; do
    case "$got" in
      *"$part"*) ;;
      *) wrong "$what is '$got', without '$part'" ;;
    esac
  done
}

# wait_for SECONDS COMMAND...: yields whether it came true.
now() { cut -d. -f1 /proc/uptime; }
wait_for() {
  late=$(($(now) + $1))
  shift
  while ! "$@" >/dev/null 2>&1; do
    [ $(now) -le $late ] || return 1
    usleep 50000
  done
}

# between WHAT GOT FROM TO
between() { [ "$2" -ge "$3" ] && [ "$2" -le "$4" ] || wrong "$1 is $2, not $3 to $4"; }
