/*
 * Preloaded into a program, counts its syncs and makes each of them wait first, as a disk in the cloud would.
 *
 *   SLOW_SYNC_DELAY_US   how long each fsync and fdatasync waits before the real one (default 0)
 *   SLOW_SYNC_LEDGER     a file of 4096 native 64-bit numbers: how many syncs so far took up to 10 us, up to 20 us, and
 *                        so on, the wait included; the last number counts all that took longer
 *
 * It never fails the program: without its ledger it counts nothing.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define STEP_US 10
#define STEPS 4096

struct ledger {
    _Atomic uint64_t syncs[STEPS];
};

typedef int (*sync_function)(int);

static sync_function real_fsync;
static sync_function real_fdatasync;
static struct timespec delay;
static struct ledger *ledger;

static struct ledger *open_ledger(const char *path) {
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return NULL;
    void *memory = MAP_FAILED;
    if (ftruncate(file, sizeof(struct ledger)) == 0)
        memory = mmap(NULL, sizeof(struct ledger), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    return memory == MAP_FAILED ? NULL : memory;
}

__attribute__((constructor)) static void start(void) {
    real_fsync = (sync_function)dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = (sync_function)dlsym(RTLD_NEXT, "fdatasync");
    const char *microseconds = getenv("SLOW_SYNC_DELAY_US");
    if (microseconds != NULL) {
        long long total = atoll(microseconds);
        delay = (struct timespec){.tv_sec = total / 1000000, .tv_nsec = total % 1000000 * 1000};
    }
    const char *path = getenv("SLOW_SYNC_LEDGER");
    if (path != NULL)
        ledger = open_ledger(path);
}

static void wait_first(void) {
    struct timespec left = delay;
    if (left.tv_sec == 0 && left.tv_nsec == 0)
        return;
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

static uint64_t now_us(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

static void note(uint64_t us) {
    uint64_t step = us / STEP_US;
    atomic_fetch_add(&ledger->syncs[step < STEPS ? step : STEPS - 1], 1);
}

static int slowly(sync_function real, int file) {
    uint64_t begun = now_us();
    wait_first();
    int result = real(file);
    int error = errno;
    if (ledger != NULL)
        note(now_us() - begun);
    errno = error;
    return result;
}

int fsync(int file) {
    return slowly(real_fsync, file);
}

int fdatasync(int file) {
    return slowly(real_fdatasync, file);
}
