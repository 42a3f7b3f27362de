# Flags every target of ours is compiled and linked with, carried by one interface target.
add_library(nbcrawl_flags INTERFACE)

target_compile_options(nbcrawl_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  -Wno-missing-field-initializers  # designated initializers leave the rest at its default on purpose
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # false alarms on string concatenation, GCC bug 105651
  $<$<BOOL:${NBCRAWL_WERROR}>:-Werror>
  -fstack-protector-strong)
target_link_options(nbcrawl_flags INTERFACE -Wl,-z,relro -Wl,-z,now)

# Sanitizers cover every target, llhttp included. Their own checks of libc calls do not go with _FORTIFY_SOURCE.
if(NBCRAWL_SANITIZE)
  add_compile_options(-fsanitize=${NBCRAWL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${NBCRAWL_SANITIZE})
else()
  target_compile_options(nbcrawl_flags INTERFACE
    $<$<CONFIG:Release,RelWithDebInfo>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
endif()
if(NBCRAWL_FUZZ)
  # Every module reports its coverage to the fuzzer; the fuzzer itself is linked by its targets alone.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
