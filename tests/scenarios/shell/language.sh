f() { local x=$1; echo "f $x $#"; [ $x -gt 0 ] && f $((x - 1)); return $x; }
f 3 a b; echo $?
x=outer; (x=inner; echo $x); echo $x
case abc in a?c) echo match;; *) echo none;; esac
for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done
i=0; until [ $i -ge 3 ]; do i=$((i + 1)); [ $i = 2 ] && break; done; echo $i
echo ${x#ou} ${x%er} ${#x} ${y:-default} ${x/out/inn} ${x:1:2}
echo $((7 / 2)) $((7 % 3)) $((1 << 10)) $((0x1f)) $((3 > 2 ? 1 : 0))
set -- a 'b c' d; echo $# "$2"; shift; echo "$@"
echo "$*"; IFS=:; echo "$*"; unset IFS
set -e; (set +e; false; echo went on); set +e
(set -e; false; echo not here); echo $?
(exit 42); echo $?
sh -c 'exit 3'; echo $?
sh -c 'echo $0 $1' name arg
eval 'echo evaluated $x'
trap 'echo leaving' EXIT; trap - EXIT
(trap 'echo subshell leaves' EXIT; exit 5); echo $?
alias ll='echo aliased'; type cd | head -n 1
readonly r=1; (r=2) 2>/dev/null; echo $?
export E=exported; sh -c 'echo $E'; env | grep ^E=
A=1 B=2 sh -c 'echo $A$B'; echo "${A:-unset}"
printf '%s-%05d-%x-%c\n' str 42 255 z
printf 'a\tb\\n\101\n'
test 1 -lt 2 -a x = x && echo and; [ ! -e /nowhere ] && echo not there
getopts ab:c opt -a; echo $opt
umask; umask 027; umask; : > masked; stat -c %a masked; umask 022
echo a\ b "c'd" 'e"f' $'g\th'
echo *; touch x1 x2 y1; echo x* [!x]* ?1 z*
expr 3 + 4 '*' 2; expr abc : 'a\(.*\)'
seq 10 -3 1; seq -w 8 11; seq 1 0.5 2
command -v ls >/dev/null && echo has ls; no-such-command; echo $?
. /dev/stdin <<END
sourced=yes
END
echo $sourced
cd /; pwd; cd - >/dev/null; cd ..; OLD=$PWD; [ -d "$OLD" ] && echo up
