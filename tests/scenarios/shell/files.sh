mkdir -p a/b/c; echo text > a/b/c/f; cat a/b/c/f
ln -s b/c/f a/link; cat a/link; readlink a/link; ls -l a/link | cut -c1-10
ln a/b/c/f hard; stat -c '%h %s %a %F' hard; rm a/b/c/f; cat hard; stat -c %h hard; cat a/link
ln -s loop loop; cat loop
ln -s nowhere dangling; test -e dangling; echo $?; test -L dangling; echo $?
mv hard moved; ls hard; echo one > x; echo two > y; mv x y; cat y; ls
rmdir a; echo $?; rm a; echo $?; rmdir a/b/c; ls -R a
chmod 640 y; stat -c '%a %A' y; chmod u+x,g-r,o=w y; stat -c '%a %A' y; chmod 4755 y; stat -c %A y; chmod 1777 a; stat -c %A a
touch -d '2001-02-03 04:05:06' y; date -u -r y '+%F %T'; touch -r y z; test z -ot a && echo older
# Removed while open: the bytes stay until the last descriptor goes.
echo still here > u; exec 7< u; rm u; cat <&7; exec 7<&-; ls u
# Renamed over an open one.
echo old > v; exec 7< v; echo new > w; mv w v; cat <&7 v; exec 7<&-
# A hole reads as zeros.
dd if=/dev/zero of=sparse bs=1 count=1 seek=1000000 2>/dev/null; stat -c %s sparse; md5sum sparse
test $(stat -c %b sparse) -lt 100 && echo sparse
truncate -s 10 sparse; stat -c %s sparse; truncate -s 5000 sparse; wc -c < sparse
printf 'hello world' > p; printf 'J' | dd of=p bs=1 seek=0 conv=notrunc 2>/dev/null; cat p; echo
dd if=p bs=1 skip=6 count=3 2>/dev/null; echo
dd if=/dev/zero of=d bs=4096 count=3 2>&1 | head -n 2; dd if=d bs=1000 2>&1 >/dev/null | head -n 2
cp -r a copy; ls copy; cp p q; cmp p q; echo x >> q; cmp p q; echo $?; diff p q | head -n 3
mkdir deep; (cd deep; for i in $(seq 1 100); do mkdir d$i; cd d$i; done; pwd | wc -c | awk '{print ($1 > 300)}'; echo bottom > f)
find deep -name f | wc -l; rm -r deep; ls -d deep
for i in $(seq 1 300); do echo $i > many.$i; done; ls many.* | wc -l; cat many.* | sort -n | md5sum; rm many.*; ls many.* 2>/dev/null | wc -l
mkdir full; touch full/.hidden full/shown; ls full; ls -a full; rm -r full
name=$(printf 'a name with\nnewline'); echo x > "$name"; ls | grep -c newline; rm "$name"
long=$(printf '%0255d' 1); (: > $long) && echo 255; (: > ${long}x); echo $?
cat .; echo $?; (echo x > .); echo $?
mkdir a; echo $?; mkdir nowhere/x; echo $?; cd y; echo $?
cp nowhere x; echo $?; mv nowhere x; echo $?; rm nowhere; echo $?; rm -f nowhere; echo $?
mktemp -d tmp.XXXXXX | cut -c1-4; mktemp t.XXXXXX | wc -c
test -r y -a -w y -a -x y && echo rwx; test -f y && test ! -d y && test -d a && test -p a; echo $?
mkfifo fifo; stat -c %F fifo; mknod null c 1 3; stat -c '%F %t %T' null; echo gone > null; wc -c < null
du -s a > /dev/null && echo du; sync && echo sync
realpath a/../p | sed 's,.*/,,'; basename /x/y.z .z; dirname /x/y.z
