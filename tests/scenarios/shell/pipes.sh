echo one two three | tr ' ' '\n' | sort -r | head -n 2
seq 1 1000 | grep 7 | wc -l
yes | head -n 3
# A writer whose reader has left ends by SIGPIPE.
(yes; echo "yes: $?" >&2) | head -n 1
false | true; echo $?
true | false; echo $?
! true; echo $?
set -o pipefail; false | true; echo $?; set +o pipefail
seq 1 100000 | cat | cat | cat | md5sum
head -c 300000 /dev/zero | wc -c
{ echo a; sleep 0.1; echo b; } | while read x; do echo "[$x]"; done
echo $(echo inner $(echo most))
cat <(echo never) 2>/dev/null || echo no process substitution
mkfifo p; (seq 1 5 > p &) ; cat p; wait; rm p
(mkfifo q; cat q & echo through > q; wait; rm q)
echo x | { read y; echo "y=$y"; }
printf 'no newline' | cat; echo
: | wc -c
exec 3>&1; echo to three >&3; exec 3>&-; echo gone >&3

# A pipe is its maker's, who can open it again by its number.
su -s /bin/sh www-data -c 'echo mine | cat /dev/fd/0; echo mine | stat -L -c "%U %a" /dev/fd/0'
