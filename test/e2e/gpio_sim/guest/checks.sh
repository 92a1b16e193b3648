# What hearthd does with lights on a real kernel's lines. The names of the checks stand in gpio_sim.test.mjs once more.
. /report.sh
. /chips.sh
. /house.sh

chip leds 16
line leds 0 red
line leds 1 green
line leds 2 blue
line leds 3 heartbeat sys-heartbeat
line leds 5 porch
chip spare 8
plug leds
plug spare
probe hold /dev/gpiochip1 5 other-program &
holder=$!

check "hearthd starts"
start /house.toml
want "the chip" "$(name_of leds)" gpiochip0

check "AtHome On raises the line, Off lowers it"
want "the line at first" "$(level leds 4)" 0
want "the answer" "$(athome On lamp)" 0
want "the line" "$(level leds 4)" 1
want "the answer" "$(athome Off lamp)" 0
want "the line" "$(level leds 4)" 0

check "hearthctl switches too"
ctl device toggle gpio_led:lamp >/dev/null
want "the line" "$(level leds 4)" 1
want "hearthctl's word" "$(ctl device get gpio_led:lamp on_off)" on
ctl device off gpio_led:lamp >/dev/null
want "the line" "$(level leds 4)" 0

# Patterns run, and are counted, while other lights are checked.
for p in slow:b0 fast:b1 double:b2 heartbeat:b3 blink:b4 custom:b5; do
  ctl device set gpio_led:${p#*:} pattern ${p%:*} >/dev/null
done
probe edges 5 $(level_file leds 8) $(level_file leds 9) $(level_file leds 10) $(level_file leds 11) $(level_file leds 12) \
  $(level_file leds 13) >/tmp/edges &
counting=$!

check "a line by its name alone"
athome On porch >/dev/null
want "the line" "$(level leds 5)" 1

check "active-low: on is low"
want "the line at first" "$(level leds 6)" 1
athome On inverted >/dev/null
want "the line" "$(level leds 6)" 0
athome Off inverted >/dev/null
want "the line" "$(level leds 6)" 1

check "open-drain: on leaves the line to its pull, off pulls it down"
pull leds 7 up
athome On pulled >/dev/null
want "the line with a pull up" "$(level leds 7)" 1
athome Off pulled >/dev/null
want "the line when off" "$(level leds 7)" 0
pull leds 7 down
athome On pulled >/dev/null
want "the line with a pull down" "$(level leds 7)" 0

check "a chip by its number"
athome On numbered >/dev/null
want "the line" "$(level spare 0)" 1

check "three lines are one RGB light"
channels() { echo $(level leds 0)$(level leds 1)$(level leds 2); }
ctl device on gpio_led:lantern >/dev/null
says "the lines, on" "$(channels)" 1
for c in ff0000:100 00ff00:010 0000ff:001 ffff00:110 ffffff:111; do
  ctl device set gpio_led:lantern color "#${c%:*}" >/dev/null
  want "the lines of #${c%:*}" "$(channels)" ${c#*:}
done
ctl device off gpio_led:lantern >/dev/null
want "the lines, off" "$(channels)" 000

check "a line that the kernel holds is unreachable and says who has it"
want reachable "$(shown taken reachable)" false
says "the reason" "$(shown taken reason)" sys-heartbeat gpiochip0
answer=$(ctl device on gpio_led:taken) && wrong "hearthctl device on succeeded"
says "hearthctl" "$answer" sys-heartbeat

check "a line that another program holds is unreachable, and reachable when it is free"
want reachable "$(shown lent reachable)" false
says "the reason" "$(shown lent reason)" other-program
kill $holder
wait_for 15 reachable lent || wrong "still unreachable: $(shown lent reason)"
athome On lent >/dev/null
want "the line" "$(level spare 5)" 1

check "chips and lines that aren't there are unreachable, with what there is"
want reachable "$(shown no_chip reachable)$(shown no_line reachable)$(shown no_offset reachable)" falsefalsefalse
says "the reason" "$(shown no_chip reason)" attic leds spare
says "the reason" "$(shown no_line reason)" basement porch
says "the reason" "$(shown no_offset reason)" 99 gpiochip0

check "a light shows the status of Interlock"
want "hearthctl's word, as nothing listens where the server should be" "$(ctl device get gpio_led:status pattern)" fast
ctl device off gpio_led:status >/dev/null

# edges_near PATTERN EDGES PER_SECOND MORE_OR_LESS, of those $took seconds. Double has four in 1.5 s, heartbeat four in 1.2 s.
edges_near() {
  between "the edges of $1 in $took s" $2 $(awk -v n=$took -v rate=$3 -v d=$4 'BEGIN { printf "%d %d", n * rate - d, n * rate + d + 0.5 }')
}
check "patterns have their edges"
wait $counting
read slow fast double heartbeat blink custom took </tmp/edges
say note "edges in $took s: slow $slow, fast $fast, double $double, heartbeat $heartbeat, blink $blink, custom $custom"
edges_near slow $slow 1 2
edges_near blink $blink 2 2
edges_near fast $fast 10 12
edges_near double $double 2.667 3
edges_near heartbeat $heartbeat 3.333 3
edges_near custom $custom 2.667 2

check "an unknown pattern is refused, with the list"
answer=$(ctl device set gpio_led:b0 pattern disco) && wrong "it was taken"
says "hearthctl" "$answer" blink slow fast double heartbeat

check "Off ends a pattern"
want "hearthctl's word" "$(ctl device get gpio_led:b1 pattern)" fast
athome Off b1 >/dev/null
want "hearthctl's word" "$(ctl device get gpio_led:b1 pattern)" none
want "edges, and the line" "$(probe edges 1 $(level_file leds 9) | cut -d' ' -f1) $(level leds 9)" "0 0"

for i in 0 2 3 4 5; do athome Off b$i >/dev/null; done

check "unplugged: unreachable with words; the server and the other chip's lights go on"
athome On lamp >/dev/null
ctl device set gpio_led:b0 pattern fast >/dev/null
unplug leds
wait_for 5 unreachable lamp || wrong "the lamp is still reachable"
case "$(shown lamp reason)" in
  *gpiochip0*unplugged* | *"no chip 'leds'"*) ;; # the second from when it has looked for it again
  *) wrong "the reason is '$(shown lamp reason)'" ;;
esac
says "hearthd's log" "$(grep 'gpio_led lamp:' $log | head -n 1)" "gpiochip0 was unplugged"
answer=$(ctl device on gpio_led:lamp) && wrong "hearthctl device on succeeded"
athome Off numbered >/dev/null
want "the other chip's line" "$(level spare 0)" 0
athome On numbered >/dev/null
want "the other chip's line" "$(level spare 0)" 1

check "plugged in again under another number: found by its label"
chip stranger 4
plug stranger
plug leds
[ $(name_of leds) != gpiochip0 ] || wrong "it has its old number"
wait_for 15 reachable lamp || wrong "still unreachable: $(shown lamp reason)"
want "the answer" "$(athome Off lamp)" 0
want "the line" "$(level leds 4)" 0
athome On lamp >/dev/null
want "the line" "$(level leds 4)" 1
athome On porch >/dev/null
want "the line found by its name" "$(level leds 5)" 1
between "edges in a second of a light that was blinking" $(probe edges 1 $(level_file leds 8) | cut -d' ' -f1) 7 12

check "at the end each light is as configured: off, on, as it was"
want "the line with at_start on" "$(level spare 1)" 1
want "the line with at_exit on, before" "$(level spare 2)" 0
athome On ends_kept >/dev/null
want "the line with at_exit keep, before" "$(level spare 3)" 1
stop
want "the lamp, of which nothing is configured" "$(level leds 4)" 0
want "the line with at_start on, at_exit off" "$(level spare 1)" 0
want "the line with at_exit on" "$(level spare 2)" 1
want "the line with at_exit keep" "$(level spare 3)" 1

check "in a process of its own, with Landlock"
sed 's/^\[plugin.athome\]/[plugin.gpio_led]\nisolation = "process"\n\n&/' /house.toml >/tmp/isolated.toml
start /tmp/isolated.toml
pid=$(ctl plugins --json | awk '/"id": "gpio_led"/ { here = 1 } here && /"pid": / { gsub(/[^0-9]/, ""); print; exit }')
says "the process's program" "$(readlink /proc/$pid/exe)" hearth-plugin-host
want "its seccomp mode" "$(sed -n 's/^Seccomp:[^0-9]*//p' /proc/$pid/status)" 2
want "the lamp reachable" "$(shown lamp reachable)" true
athome On lamp >/dev/null
want "the line" "$(level leds 4)" 1
athome Off lamp >/dev/null
want "the line" "$(level leds 4)" 0
says "the taken line's reason" "$(shown taken reason)" sys-heartbeat

# Landlock lets it have the chips that were there when it began.
appeared() { look; shown lamp reason | grep -q "reload the plugin"; }
check "in a process of its own: unplugged, plugged in again, and reachable after a reload"
unplug leds
wait_for 5 unreachable lamp || wrong "the lamp is still reachable"
plug leds
wait_for 5 appeared || wrong "the reason is '$(shown lamp reason)'"
says "reloading" "$(ctl plugins reload gpio_led && echo done)" done
wait_for 10 reachable lamp || wrong "still unreachable: $(shown lamp reason)"
athome On lamp >/dev/null
want "the line" "$(level leds 4)" 1
stop

check "an unprivileged user in the group gpio"
chgrp gpio /dev/gpiochip*
chmod 660 /dev/gpiochip*
start /eight.toml hearth
want "its user" "$(stat -c %U /proc/$hearthd)" hearth
athome On lamp >/dev/null
want "the line" "$(level leds 4)" 1

# part_of CPU_US SECONDS: in words.
part_of() { awk -v us=$1 -v s=$2 'BEGIN { printf "%.1f ms of CPU, %.2f %% of a core", us / 1000, us / s / 10000 }'; }
check "eight lights blink, with the right number of edges"
for i in 0 1 2 3 4 5 6 7; do ctl device set gpio_led:b$i pattern blink >/dev/null; done
sleep 2 # until what has just been commanded is stored
all=$(cpu_us)
own=$(cpu_us gpio_led)
probe ticks 10 >/tmp/ticks &
probe edges 10 $(level_file leds 8) >/tmp/edges
all=$(($(cpu_us) - all))
own=$(($(cpu_us gpio_led) - own))
read blink took </tmp/edges
between "edges in $took s" $blink 18 21
say figure "emulated: hearthd while 8 lights blink, for $took s" "$(part_of $all $took)"
say figure "emulated: of these the thread gpio_led" "$(part_of $own $took)"
wait $!
say figure "emulated: a bare loop, woken 16 times a second, each time" "$(cat /tmp/ticks)"
for i in 0 1 2 3 4 5 6 7; do athome Off b$i >/dev/null; done

check "from AtHome to the line, some hundred times"
number=$(shown lamp number)
before=$(cpu_us)
times=$(probe toggle 9999 $number $(level_file leds 4) 300 2>&1) || wrong "$times"
after=$(cpu_us)
set -- $times
say figure "emulated: AtHome to line, 300 times, from before connect" "p50 $1 us, p99 $2 us, longest $3 us"
say figure "emulated: CPU of hearthd for each of them" "$(((after - before) / 300)) us"
stop

check "an unprivileged user outside of it is told which group"
start /eight.toml outsider
want "the lamp reachable" "$(shown lamp reachable)" false
says "the reason" "$(shown lamp reason)" permission gpio /dev/gpiochip
stop

finish
say note "Landlock of the guest's kernel: $(dmesg | grep -i landlock | sed 's/^[^]]*\] //')"
say end
