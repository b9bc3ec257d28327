/*
 * Preloaded into a program, keeps a copy of each file as it was when it was last synced, until a folder is synced in which
 * it is no more: what a disk would hold after a loss of power that takes everything with it that was not synced. (But that
 * a new file has its name counts as synced with its content.)
 *
 *   KEEP_SYNCED   the folder for the copies
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Between the name of a file and the thread that copies it. */
#define UNFINISHED ".unfinished."

typedef int (*sync_function)(int);

static sync_function real_fsync;
static sync_function real_fdatasync;
static const char *folder;

__attribute__((constructor)) static void start(void) {
    real_fsync = (sync_function)dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = (sync_function)dlsym(RTLD_NEXT, "fdatasync");
    folder = getenv("KEEP_SYNCED");
}

/* Whoever cannot copy must not let the program think that it has synced. */
static void fail(void) {
    perror("keep_synced");
    abort();
}

static void copy(const char *from, const char *to) {
    static __thread char piece[1 << 16];
    int source = open(from, O_RDONLY | O_CLOEXEC);
    int target = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (source < 0 || target < 0)
        fail();
    ssize_t size;
    while ((size = read(source, piece, sizeof piece)) > 0)
        if (write(target, piece, (size_t)size) != size)
            fail();
    if (size < 0)
        fail();
    close(source);
    close(target);
}

/* In the folder for the copies. */
static void name_copy(char *path, const char *name, const char *suffix) {
    if (snprintf(path, PATH_MAX, "%s/%s%s", folder, name, suffix) >= PATH_MAX)
        fail();
}

static void keep_file(const char *path) {
    char fresh[PATH_MAX], kept[PATH_MAX], suffix[32];
    const char *name = strrchr(path, '/') + 1;
    snprintf(suffix, sizeof suffix, UNFINISHED "%d", (int)gettid());
    name_copy(fresh, name, suffix);
    name_copy(kept, name, "");
    copy(path, fresh);
    if (rename(fresh, kept) != 0)
        fail();
}

static void keep_names(const char *path) {
    DIR *copies = opendir(folder);
    if (copies == NULL)
        fail();
    struct dirent *entry;
    while ((entry = readdir(copies)) != NULL) {
        char original[PATH_MAX], kept[PATH_MAX];
        if (snprintf(original, sizeof original, "%s/%s", path, entry->d_name) >= PATH_MAX)
            fail();
        name_copy(kept, entry->d_name, "");
        if (strstr(entry->d_name, UNFINISHED) == NULL && access(original, F_OK) != 0)
            unlink(kept);
    }
    closedir(copies);
}

static void keep(int file) {
    char link[64], path[PATH_MAX];
    struct stat about;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0 || fstat(file, &about) != 0)
        fail();
    path[length] = 0;
    if (S_ISDIR(about.st_mode))
        keep_names(path);
    else if (about.st_nlink > 0)
        keep_file(path);
}

static int synced(sync_function real, int file) {
    int result = real(file);
    int error = errno;
    if (result == 0 && folder != NULL)
        keep(file);
    errno = error;
    return result;
}

int fsync(int file) {
    return synced(real_fsync, file);
}

int fdatasync(int file) {
    return synced(real_fdatasync, file);
}
