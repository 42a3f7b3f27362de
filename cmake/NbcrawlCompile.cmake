# Flags every target of ours is compiled and linked with, carried by one interface target.
add_library(nbcrawl_flags INTERFACE)

target_compile_options(nbcrawl_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  -Wno-missing-field-initializers  # designated initializers leave the rest at its default on purpose
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # false alarms on string concatenation, GCC bug 105651
  $<$<BOOL:${NBCRAWL_WERROR}>:-Werror>
  -fstack-protector-strong
  $<$<AND:$<CONFIG:Release,RelWithDebInfo>,$<NOT:$<BOOL:${NBCRAWL_SANITIZE}>>>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
target_link_options(nbcrawl_flags INTERFACE -Wl,-z,relro -Wl,-z,now)

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # clang uses Debian's libstdc++, whose <expected> is hidden from compilers that do not yet say they have concepts.
  target_compile_options(nbcrawl_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-D__cpp_concepts=202002L -Wno-builtin-macro-redefined -Wno-macro-redefined>)
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-builtin-macro-redefined>)
endif()
if(NBCRAWL_SANITIZE)
  add_compile_options(-fsanitize=${NBCRAWL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${NBCRAWL_SANITIZE})
endif()
