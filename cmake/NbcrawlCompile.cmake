# Flags every target of ours is compiled and linked with, carried by interface targets.

# What makes a fault of memory end the program instead of being used, for all that reads bytes of strangers: llhttp too.
# tests/hardening reads the result. Not here: -fcf-protection, which costs instructions and which no Debian 12 process uses.
add_library(nbcrawl_hardening INTERFACE)
target_compile_options(nbcrawl_hardening INTERFACE -fstack-protector-strong -fstack-clash-protection)
target_compile_definitions(nbcrawl_hardening INTERFACE $<$<COMPILE_LANGUAGE:CXX>:_GLIBCXX_ASSERTIONS>)
target_link_options(nbcrawl_hardening INTERFACE -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
include(CheckPIESupported)
check_pie_supported()  # with CMAKE_POSITION_INDEPENDENT_CODE: programs are linked as such, too

add_library(nbcrawl_flags INTERFACE)
target_link_libraries(nbcrawl_flags INTERFACE nbcrawl_hardening)
target_compile_options(nbcrawl_flags INTERFACE
  -fno-semantic-interposition  # no program puts its own functions in place of ours: 2.5 % fewer instructions a job
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  -Wno-missing-field-initializers  # designated initializers leave the rest at its default on purpose
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # false alarms on string concatenation, GCC bug 105651
  $<$<BOOL:${NBCRAWL_WERROR}>:-Werror>)

# Sanitizers cover every target, llhttp included. Their own checks of libc calls do not go with _FORTIFY_SOURCE.
if(NBCRAWL_SANITIZE)
  add_compile_options(-fsanitize=${NBCRAWL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${NBCRAWL_SANITIZE})
  if(NOT NBCRAWL_FUZZ)
    # The check of vptr probes memory with system calls and descriptors, which the tests have fail and run out.
    add_compile_options(-fno-sanitize=vptr)
  endif()
else()
  target_compile_options(nbcrawl_hardening INTERFACE
    $<$<CONFIG:Release,RelWithDebInfo>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3>)
endif()
if(NBCRAWL_FUZZ)
  # Every module reports its coverage to the fuzzer; the fuzzer itself is linked by its targets alone.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
