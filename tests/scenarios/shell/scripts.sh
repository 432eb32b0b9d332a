printf '#!/bin/sh\necho "$0" "$@"\nexit 5\n' > s; chmod 755 s; ./s a 'b c'; echo $?
printf '#!/bin/cat\nthe script itself\n' > c; chmod 755 c; ./c
printf '#!/bin/sed -n 2p\nsecond line\nthird\n' > d; chmod 755 d; ./d
printf '#! /bin/sh -e\nfalse\necho not here\n' > e; chmod 755 e; ./e; echo $?
printf '#!./s  opt ion \n' > t; chmod 755 t; ./t 1 2; echo $?
printf '#!./loop\n' > loop; chmod 755 loop; ./loop 2>/dev/null; test $? -ge 126 && echo no end
printf '#!/nowhere\n' > n; chmod 755 n; ./n; echo $?
printf 'echo without a line: $*\n' > p; chmod 755 p; ./p z
: > empty; chmod 755 empty; ./empty; echo $?
printf '\177ELF garbage' > g; chmod 755 g; ./g 2>/dev/null; test $? != 0 && echo no program
chmod 644 s; ./s; echo $?; ./nothing; echo $?; ./; echo $?; /etc/passwd 2>/dev/null; echo $?
sh s x; echo $?
awk 'BEGIN { exit 3 }'; echo $?
printf '#!/usr/bin/awk -f\nBEGIN { print "awk", ARGC }\n' > a; chmod 755 a; ./a 1 2
mkdir bin; printf '#!/bin/sh\necho mine\n' > bin/ls; chmod 755 bin/ls; PATH=$PWD/bin:$PATH sh -c ls
env -i PATH=$PATH sh -c 'env | sort | cut -d= -f1'; env A=b sh -c 'echo $A'
exec sh -c 'echo replaced; exit 8'
