# What every target of ours is compiled with. Interface targets instead of global flags: nothing leaks to a
# project that embeds ours.

add_library(project_options INTERFACE)

# The same bytes from every build (docs/decisions): no contraction into fused multiply-adds, no fast-math.
target_compile_options(project_options INTERFACE -ffp-contract=off)
if(BILLCAST_NATIVE)
  target_compile_options(project_options INTERFACE -march=native)
endif()

target_compile_options(project_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Wnon-virtual-dtor)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # An optional that is tested before it is read looks uninitialised to gcc once it is inlined (its bug 80635). clang-tidy
  # and clang's own analysis look for the real ones.
  target_compile_options(project_options INTERFACE -Wno-maybe-uninitialized)
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # At -O3, gcc 12 sees overlapping copies inside std::string (its bug 105651): `"a" + text` would not compile.
    target_compile_options(project_options INTERFACE -Wno-restrict)
  endif()
endif()
if(BILLCAST_WARNINGS_AS_ERRORS)
  target_compile_options(project_options INTERFACE -Werror)
endif()

if(BILLCAST_SANITIZE)
  target_compile_options(project_options INTERFACE
    -fsanitize=${BILLCAST_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(project_options INTERFACE -fsanitize=${BILLCAST_SANITIZE})
endif()

# billcast_library(NAME): a library of the .cpp and .hpp files of this folder; every header is also compiled alone
# (CMAKE_VERIFY_INTERFACE_HEADER_SETS).
#
# Files are found, not listed: a folder is a target, so a list could only repeat what the folder says, and forgetting
# a test file in a list would go unnoticed. CONFIGURE_DEPENDS looks again at every build (a few milliseconds).
function(billcast_library name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "*.cpp")
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS "*.hpp")
  add_library(${name} STATIC)
  target_sources(${name}
    PRIVATE ${sources}
    PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${headers})
  target_link_libraries(${name} PUBLIC project_options)
endfunction()
