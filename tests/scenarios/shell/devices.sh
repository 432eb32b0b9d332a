cat /dev/null | wc -c; echo gone > /dev/null; echo $?
head -c 10 /dev/zero | od -An -tx1
echo x > /dev/full; echo $?
head -c 16 /dev/urandom | wc -c; head -c 16 /dev/random | wc -c
a=$(head -c 16 /dev/urandom | md5sum); b=$(head -c 16 /dev/urandom | md5sum); test "$a" != "$b" && echo differ
echo through | cat /dev/stdin; echo through 2>&1 > /dev/stdout; echo err 2>&1 > /dev/stderr
echo by number | cat /dev/fd/0; echo x | cat /proc/self/fd/0
exec 8< /dev/null; ls -l /proc/self/fd/8 | sed 's/.*-> //'; readlink /proc/self/fd/8; exec 8<&-
stat -c '%F %t:%T' /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty
for l in stdin stdout stderr fd; do readlink /dev/$l; done
(: < /dev/tty) 2>/dev/null; echo $?
readlink /proc/self/exe | sed 's,.*/,,'; tr '\0' ' ' < /proc/self/cmdline; echo
X=seen cat /proc/self/environ | tr '\0' '\n' | grep ^X=
grep -c ^ /proc/self/status | awk '{ print ($1 > 10) }'; grep ^Name: /proc/self/status; grep ^State: /proc/self/status; awk '/^PPid/ { print ($2 > 0) }' /proc/self/status
grep -c '\[stack\]' /proc/self/maps; awk '{ print NF }' /proc/self/stat; cut -d' ' -f2,3 /proc/self/stat
ls /proc/self/task | wc -l; test -d /proc/$$ && echo me; ls -d /proc/999999; cat /proc/self/comm; echo renamed > /proc/self/comm; echo $?
echo x > /proc/self/status; echo $?; mkdir /proc/x; echo $?
awk '{ print NF, ($1 > 0) }' /proc/uptime; awk 'NR == 1 { print $1 }' /proc/stat; awk '/^MemTotal/ { print $3 }' /proc/meminfo; wc -w < /proc/loadavg; grep -c proc /proc/mounts | awk '{ print ($1 > 0) }'; grep -c ext /proc/filesystems > /dev/null; grep -w proc /proc/filesystems
cat /proc/sys/kernel/ostype
