# Simulated chips, as configfs makes them.

# line CHIP OFFSET NAME [CONSUMER]: names it; with a consumer the kernel itself holds it.
line() {
  d=/config/gpio-sim/$1/bank0/line$2
  mkdir $d
  echo "$3" >$d/name
  [ -n "${4:-}" ] || return 0
  mkdir $d/hog
  echo "$4" >$d/hog/name
  echo output-low >$d/hog/direction
}

# chip LABEL LINES: not plugged in yet.
chip() {
  mkdir -p /config/gpio-sim/$1/bank0
  echo "$1" >/config/gpio-sim/$1/bank0/label
  echo "$2" >/config/gpio-sim/$1/bank0/num_lines
}

plug() { echo 1 >/config/gpio-sim/$1/live; }
unplug() { echo 0 >/config/gpio-sim/$1/live; }

# Its name today, such as gpiochip0.
name_of() { cat /config/gpio-sim/$1/bank0/chip_name; }

# Where it shows the level of a line.
level_file() { echo /sys/devices/platform/$(cat /config/gpio-sim/$1/dev_name)/$(name_of $1)/sim_gpio$2/value; }
level() { cat $(level_file $1 $2); }
pull() { echo pull-$3 >/sys/devices/platform/$(cat /config/gpio-sim/$1/dev_name)/$(name_of $1)/sim_gpio$2/pull; }
