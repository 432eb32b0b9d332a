seq 1 20 > n
grep -n 1 n | tail -n 2; grep -c 5 n; grep -v 1 n | head -n 3; grep -q 99 n; echo $?; grep -E '^(3|1[0-2])$' n; grep -r 17 . 
sed -n 3,5p n; sed 's/1/[&]/g' n | tail -n 2; sed -e '1d;$d' -e 2i\\inserted n | head -n 3; sed -i s/20/twenty/ n; tail -n 1 n
awk '{ s += $1 } END { print s, NR }' n; echo x:y:z | awk -F: '{ print $2, NF }'
awk 'BEGIN { for (i = 0; i < 5; i++) a[i] = i * i; for (i = 0; i < 5; i++) printf "%d ", a[i]; print substr("hello", 2, 3), length("xyz"), toupper("up"), 10 / 4, int(7.9), sqrt(2) }'
awk 'BEGIN { "echo from a command" | getline x; print x; print "sorted" | "sort"; close("sort"); printf "%.3f %e %g\n", 3.14159, 12345.678, 0.0001 }'
awk 'BEGIN { for (i = 1; i <= 200000; i++) s += i % 7; print s }'
sort -rn n | head -n 3; printf 'b 2\na 10\nc 1\n' | sort -k2n; printf 'x\nx\ny\n' | uniq -c; printf 'b\na\nb\n' | sort -u
awk 'BEGIN { srand(1); x = 12345; for (i = 0; i < 20000; i++) { x = (x * 1103515245 + 12345) % 2147483648; print x } }' > numbers
sort -n numbers | md5sum; sort numbers | uniq | wc -l
cut -d: -f1,3 << END
a:b:c
1:2:3
END
tr -d 0-9 < n | tr -s '\n' | wc -c; tr a-y b-z << END
hal
END
head -c 5 n; tail -c 4 n; tail -n +19 n; wc n
paste n n | head -n 2; nl n | head -n 2; ts x < /dev/null; rev << END
abc
END
tac n | head -n 2; fold -w 3 << END
abcdefgh
END
od -c n | head -n 2; hexdump -C n | head -n 2; xxd n | head -n 1; strings n | wc -l
md5sum n numbers; sha1sum n; sha256sum n; sha512sum n | cut -c1-40; cksum n; echo hello | base64; echo aGVsbG8K | base64 -d
md5sum n > sum; md5sum -c sum
gzip -c numbers > numbers.gz; gunzip -c numbers.gz | cmp - numbers && echo gzip agrees; zcat numbers.gz | md5sum
bzip2 -c n | bunzip2 | cmp - n && echo bzip2 agrees; test $(stat -c %s numbers.gz) -lt $(stat -c %s numbers) && echo smaller
mkdir -p t/sub; echo 1 > t/one; echo 2 > t/sub/two; ln -s one t/link; tar cf t.tar t; tar tf t.tar | sort; mkdir out; tar xf t.tar -C out; diff -r t out/t && echo tar agrees; readlink out/t/link
tar czf t.tgz t; tar tzf t.tgz | wc -l; (cd t && tar cf - .) | (mkdir o2; cd o2; tar xf -; find . -type f | sort)
find t -type f | sort; find t -name 't*' | sort; find t -type f -exec cat {} + | sort; find . -size +100k | sort; find t -type f | xargs cat | sort
seq 1 10 | xargs -n 3 echo; printf 'a b\0c\0' | xargs -0 -n 1 echo; echo 1 2 3 | xargs -I{} echo '<{}>'; seq 1 5 | xargs -P 3 -n 1 sh -c 'exit 0'; echo $?
seq 1 20000 | xargs echo | wc -w
echo 'scale=5; 22/7' | bc; dc -e '2 3 + p'; cal 2 2024 | head -n 3; date -u -d @86400 '+%F %T'; factor 360
diff n numbers > /dev/null; echo $?; shuf n | sort -n | cmp - n && echo shuffled
vi -h > /dev/null 2>&1; ed -s n 2>/dev/null << END
1p
q
END
printf 'one\ntwo\n' | while IFS= read -r l; do printf '%s!' "$l"; done; echo
cpio -o -H newc < /dev/null 2>/dev/null | wc -c; unix2dos < n | wc -c; expand << END
	x
END
