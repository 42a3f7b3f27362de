/* Loaded into the command with LD_PRELOAD: allocations fail as $FAIL_ALLOCATION says, counted from the moment at which main() has
   said what is to happen then. "7": the seventh; "7+": that and all later ones; "count": none, and the number of all is written to
   standard error at the end. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern void* __libc_malloc(size_t);
extern void* __libc_calloc(size_t, size_t);
extern void* __libc_realloc(void*, size_t);
extern void* __libc_memalign(size_t, size_t);

static long made;
static long first = -1;
static int for_good;
static int armed;

static int fails(void) {
  if (!armed) return 0;
  ++made;
  if (first < 0 || made < first || (made > first && !for_good)) return 0;
  errno = ENOMEM;
  return 1;
}

void* malloc(size_t size) { return fails() ? NULL : __libc_malloc(size); }
void* calloc(size_t count, size_t size) { return fails() ? NULL : __libc_calloc(count, size); }
void* realloc(void* old, size_t size) { return fails() ? NULL : __libc_realloc(old, size); }
void* memalign(size_t alignment, size_t size) { return fails() ? NULL : __libc_memalign(alignment, size); }
void* aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void** made_at, size_t alignment, size_t size) {
  *made_at = memalign(alignment, size);
  return *made_at == NULL ? ENOMEM : 0;
}

/* std::set_new_handler(void (*)()) */
typedef void (*handler)(void);
handler _ZSt15set_new_handlerPFvvE(handler next) {
  const char* wanted = getenv("FAIL_ALLOCATION");
  handler (*set)(handler) = (handler(*)(handler))dlsym(RTLD_NEXT, "_ZSt15set_new_handlerPFvvE");
  handler before = set(next);
  if (wanted != NULL) {
    if (strcmp(wanted, "count") != 0) first = strtol(wanted, NULL, 10);
    for_good = strchr(wanted, '+') != NULL;
    armed = 1;
  }
  return before;
}

__attribute__((destructor)) static void tell(void) {
  if (armed && first < 0) fprintf(stderr, "allocations: %ld\n", made);
}
