// Starting programs: scripts, files that are none, files that lie, limits of arguments, what a
// program finds on its stack. Prints the same on every Linux.
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char self[4096];

// What comes of running `path`: the errno of exec, or how the program ended.
static void run_with(char const* what, char const* path, char* const* arguments, char* const* environment) {
    fflush(stdout);
    int ends[2];
    pipe2(ends, O_CLOEXEC);
    pid_t child = fork();
    if (child == 0) {
        execve(path, arguments, environment);
        int error = errno;
        write(ends[1], &error, sizeof error);
        _exit(1);
    }
    close(ends[1]);
    int error = 0, status;
    read(ends[0], &error, sizeof error);
    close(ends[0]);
    waitpid(child, &status, 0);
    if (error)
        printf("%s: %s\n", what, strerrorname_np(error));
    else if (WIFSIGNALED(status))
        printf("%s: signal %d\n", what, WTERMSIG(status));
    else
        printf("%s: exit %d\n", what, WEXITSTATUS(status));
}
static void run(char const* what, char const* path) {
    char* arguments[] = {"zero", "one", 0};
    char* environment[] = {"A=B", 0};
    run_with(what, path, arguments, environment);
}

static void make(char const* path, void const* bytes, size_t size, int mode) {
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0700);
    write(fd, bytes, size);
    fchmod(fd, mode);
    close(fd);
}
static void script(char const* path, char const* text) { make(path, text, strlen(text), 0755); }

static void scripts(void) {
    char text[600], name[64];
    self[400] = 0; // what fits there
    sprintf(text, "#!%s show\n", self);
    script("s0", text);
    run("a script", "./s0");
    sprintf(text, "#! \t %s   show two  words \t \nrest", self);
    script("s", text);
    run("blanks", "./s");
    sprintf(text, "#!%s", self);
    script("s", text);
    run("no end of line", "./s");
    script("s", "#!\n");
    run("no interpreter", "./s");
    script("s", "#!/none/there\n");
    run("none there", "./s");
    script("s", "#!/tmp\n");
    run("a folder", "./s");
    memset(text, 'x', 400);
    memcpy(text, "#!/", 3);
    text[400] = 0;
    script("s", text);
    run("too long a name", "./s");
    sprintf(text, "#!%s ", self);
    size_t at = strlen(text);
    memset(text + at, 'y', 500 - at);
    text[500] = 0;
    script("s", text);
    run("too long an argument", "./s");
    for (int i = 1; i <= 6; i++) {
        sprintf(text, "#!./s%d\n", i - 1);
        sprintf(name, "s%d", i);
        script(name, text);
        sprintf(text, "nested %d", i);
        sprintf(name, "./s%d", i);
        run(text, name);
    }
    script("s", "echo no magic\n");
    run("no magic", "./s");
    script("s", "");
    run("empty", "./s");
    make("s", "#!/bin/sh\n", 10, 0644);
    run("not executable", "./s");
    run("a folder itself", "/tmp");
    run("nothing", "./nothing");
    run("below a file", "./s/x");
}

static char image[4 << 20];
static size_t image_bytes;
static Elf64_Ehdr* header = (Elf64_Ehdr*)image;

static Elf64_Phdr* load(int number) {
    Elf64_Phdr* all = (Elf64_Phdr*)(image + header->e_phoff);
    for (int i = 0; i < header->e_phnum; i++)
        if (all[i].p_type == PT_LOAD && number-- == 0) return &all[i];
    return 0;
}
static void fresh(void) {
    int fd = open(self, O_RDONLY);
    image_bytes = read(fd, image, sizeof image);
    close(fd);
}
static void lie(char const* what, size_t bytes) {
    make("elf", image, bytes, 0755);
    run(what, "./elf");
    fresh();
}

static void lie_about_loader(char const* what, char const* loader) {
    Elf64_Phdr* one = (Elf64_Phdr*)(image + header->e_phoff);
    while (one->p_type == PT_LOAD) one++;
    one->p_type = PT_INTERP;
    one->p_offset = image_bytes;
    one->p_filesz = strlen(loader) + 1;
    strcpy(image + image_bytes, loader);
    lie(what, image_bytes + one->p_filesz);
}

static void lies(void) {
    fresh();
    lie("as it is", image_bytes);
    lie("4 bytes", 4);
    lie("63 bytes", 63);
    lie("header alone", 64);
    header->e_machine = EM_AARCH64;
    lie("another processor", image_bytes);
    header->e_type = ET_REL;
    lie("an object", image_bytes);
    header->e_type = ET_CORE;
    lie("a core", image_bytes);
    header->e_phnum = 0;
    lie("no headers", image_bytes);
    header->e_phentsize = 32;
    lie("small headers", image_bytes);
    header->e_phoff = image_bytes;
    lie("headers behind the end", image_bytes);
    header->e_phoff = UINT64_MAX - 3;
    lie("headers at the end of numbers", image_bytes);
    header->e_entry = 0;
    lie("entry at 0", image_bytes);
    header->e_entry = 0x123456789000;
    lie("entry nowhere", image_bytes);
    header->e_entry = load(0)->p_vaddr + 1;
    lie("entry in data", image_bytes);
    load(1)->p_vaddr = 1UL << 62;
    lie("segment out of memory", image_bytes);
    load(1)->p_memsz = 1;
    lie("segment shrinks", image_bytes);
    load(1)->p_offset += 8;
    lie("segment misaligned", image_bytes);
    load(1)->p_memsz = UINT64_MAX - 100;
    lie("segment without end", image_bytes);
    for (int i = 0; load(i); i++) load(i)->p_type = PT_NULL;
    lie("nothing to load", image_bytes);
    lie_about_loader("a loader that is not there", "/tmp/exec-test/none");
    script("text", "this is no loader, though long enough to be read as the header of one, all 64 bytes\n");
    lie_about_loader("a loader that is none", "/tmp/exec-test/text");
}

static void limits(void) {
    char* big = malloc(1 << 20);
    memset(big, 'a', 1 << 20);
    char* one[] = {"x", big, 0};
    char* none[] = {0};
    big[131071] = 0;
    run_with("a string of 128 KiB", self, one, none);
    big[131071] = 'a';
    big[131072] = 0;
    run_with("and a byte more", self, one, none);
    big[1000] = 0;
    static char* many[10001];
    for (int i = 0; i < 10000; i++) many[i] = big;
    run_with("10 MB", self, many, none);
    many[1500] = 0;
    run_with("1.5 MB", self, many, none);
    for (int i = 1500; i < 2500; i++) many[i] = big;
    many[2500] = 0;
    run_with("2.5 MB, a quarter of the stack and more", self, many, none);
    run_with("no arguments at all", self, none, none);
    run_with("null pointers", self, 0, 0);
    run_with("bad pointers", self, (char**)8, 0);
    char* bad[] = {"x", (char*)8, 0};
    run_with("a bad string", self, bad, none);
    run_with("a bad path", (char*)8, none, none);
    static char path[5000];
    memset(path, 'p', 4999);
    run_with("a long path", path, none, none);
}

static int show(int argc, char** argv, char** envp) {
    for (int i = 0; i < argc; i++) printf("  [%d] %.60s%s\n", i, argv[i], strlen(argv[i]) > 60 ? "..." : "");
    for (int i = 0; envp[i]; i++) printf("  {%d} %s\n", i, envp[i]);
    printf("  name %s, execfn %s\n", program_invocation_short_name, (char*)getauxval(AT_EXECFN));
    char comm[32] = {0};
    int fd = open("/proc/self/comm", O_RDONLY);
    read(fd, comm, 31);
    printf("  comm %s", comm);
    return 7;
}

static uintptr_t first_load;
static int vectors(int argc, char** argv, char** envp) {
    (void)argc, (void)argv;
    while (*envp) envp++;
    Elf64_auxv_t* entry = (Elf64_auxv_t*)(envp + 1);
    unsigned long seen = 0;
    for (; entry->a_type; entry++)
        if (entry->a_type < 64) seen |= 1UL << entry->a_type;
    unsigned long wanted[] = {AT_PHDR, AT_PHENT, AT_PHNUM, AT_PAGESZ, AT_BASE, AT_FLAGS, AT_ENTRY, AT_UID,
        AT_EUID, AT_GID, AT_EGID, AT_PLATFORM, AT_HWCAP, AT_CLKTCK, AT_SECURE, AT_RANDOM, AT_HWCAP2, AT_EXECFN,
        AT_SYSINFO_EHDR, AT_MINSIGSTKSZ};
    for (unsigned i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!(seen >> wanted[i] & 1)) printf("  lacks %lu\n", wanted[i]);
    printf("  page %lu, ticks %lu, platform %s, secure %lu, uid %lu, flags %lu\n", getauxval(AT_PAGESZ),
           getauxval(AT_CLKTCK), (char*)getauxval(AT_PLATFORM), getauxval(AT_SECURE), getauxval(AT_UID),
           getauxval(AT_FLAGS));
    printf("  signal stack %d\n", getauxval(AT_MINSIGSTKSZ) >= 1000);
    Elf64_Phdr* headers = (Elf64_Phdr*)getauxval(AT_PHDR);
    printf("  headers %d %d\n", headers[0].p_type != 0, getauxval(AT_PHENT) == sizeof *headers);
    printf("  aligned %d\n", (int)((uintptr_t)&argv[-1] % 16));
    first_load = getauxval(AT_RANDOM);
    return 0;
}

static void random_addresses(void) {
    uintptr_t seen[2][4] = {0};
    for (int round = 0; round < 2; round++) {
        int ends[2];
        pipe(ends);
        fflush(stdout);
        if (fork() == 0) {
            dup2(ends[1], 1);
            execl(self, self, "where", NULL);
            _exit(1);
        }
        wait(0);
        read(ends[0], seen[round], sizeof seen[round]);
        close(ends[0]), close(ends[1]);
    }
    char const* names[] = {"stack", "mapping", "heap", "vdso"};
    for (int i = 0; i < 4; i++) printf("%s differs: %d\n", names[i], seen[0][i] != seen[1][i]);
}

int main(int argc, char** argv, char** envp) {
    if (argc > 1 && !strcmp(argv[1], "vectors")) return vectors(argc, argv, envp);
    if (argc > 1 && !strcmp(argv[1], "where")) {
        uintptr_t found[4] = {(uintptr_t)&argc & ~0xfffUL, (uintptr_t)malloc(1 << 20) & ~0xfffUL, (uintptr_t)sbrk(0),
                              getauxval(AT_SYSINFO_EHDR)};
        write(1, found, sizeof found);
        return 0;
    }
    if (argc > 1 && !strcmp(argv[1], "test")) {
        readlink("/proc/self/exe", self, sizeof self - 1);
        setenv("LC_ALL", "C", 1);
        mkdir("/tmp/exec-test", 0755);
        chdir("/tmp/exec-test");
        puts("-- scripts");
        scripts();
        puts("-- lies");
        lies();
        puts("-- limits");
        limits();
        puts("-- vectors");
        char* arguments[] = {self, "vectors", 0};
        char* environment[] = {"X=Y", 0};
        run_with("even", self, arguments, environment);
        char* odd[] = {self, "vectors", "odd", 0};
        run_with("odd", self, odd, environment);
        puts("-- addresses");
        random_addresses();
        personality(ADDR_NO_RANDOMIZE);
        random_addresses();
        return 0;
    }
    fflush(stdout);
    if (argc < 20) return show(argc, argv, envp);
    return 5;
}
