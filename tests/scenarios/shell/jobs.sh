sleep 0.2 & echo started; wait; echo waited $?
(exit 3) & wait $!; echo $?
sleep 100 & kill $!; wait $! 2>/dev/null; echo $?
sleep 100 & kill -9 $!; wait $! 2>/dev/null; echo $?
sleep 100 & kill -0 $! && echo alive; kill -INT $!; kill $!; wait $! 2>/dev/null; kill -0 $! 2>/dev/null; echo dead $?
trap 'echo usr1' USR1; kill -USR1 $$; echo after
trap '' USR2; kill -USR2 $$; echo ignored
sh -c 'trap "" TERM; kill $$; echo survived'
sh -c 'trap "echo term; exit 9" TERM; kill $$; echo not here'; echo $?
sh -c 'kill -SEGV $$'; echo $?
sh -c 'kill -STOP $$; echo continued' & sleep 0.3; kill -CONT $!; wait $!; echo $?
sh -c 'trap "echo got hup" HUP; sleep 1 & wait; echo $?' & sleep 0.3; kill -HUP $!; wait $!
(sleep 0.1; echo second) & echo first; wait
for i in 1 2 3 4 5 6 7 8; do (exit $i) & done; wait; echo all
a=0; for i in $(seq 1 20); do echo $i & done | sort -n | tr '\n' ' '; echo
timeout 1 sleep 100; echo $?
timeout -s KILL 1 sleep 100; echo $?
timeout 10 true; echo $?
time -p true 2>&1 | cut -d' ' -f1
kill -l 9; kill -l TERM
kill 999999; echo $?
(trap 'echo child done' CHLD; sleep 0.1 & wait)
read -t 1 x < /dev/zero; echo $?
sh -c 'sleep 0.3; echo orphan' & exit 6
